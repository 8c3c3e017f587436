import { type Fact, known } from '../../model/fact.ts';
import { lazy } from '../lazy.ts';
import { changedLines } from './changed-lines.ts';
import { type HunkMatch, matchHunks } from './hunk-match.ts';
import type { FileDiff, Hunk } from './patch-file.ts';

/**
 * Whether a hunk of a patch is in a file.
 *
 * - `there`: patch could revert it.
 * - `otherwise`: patch could not, but every line that it adds is in the file: added by hand, or by another set.
 * - `missing`: the hunk applies, and few of its added lines are there: the lines that it changes are unchanged.
 * - `unclear`: none of these. The file was changed in another way, as by a set of another day, so not finding the
 *   hunk proves nothing.
 */
export type HunkState = 'there' | 'otherwise' | 'missing' | 'unclear';

/**
 * The state of each hunk of a diff. `reverse`: the result of a dry run in reverse on the same bytes. `all`: all hunks
 * that change the file, if the diff has only some of them.
 */
export function hunkStates(
  bytes: Buffer,
  diff: FileDiff,
  reverse: readonly HunkMatch[],
  all: readonly Hunk[] = diff.hunks,
): Fact<readonly HunkState[]> {
  if (reverse.every(({ applies }) => applies)) return known(diff.hunks.map(() => 'there'));
  const forward = matchHunks(bytes, diff, 'forward');
  if (!forward.known) return forward;
  const text = lazy(() => countLines(bytes));
  const needed = lazy(() => countAll(all.flatMap((hunk) => changedLines(hunk).added)));
  return known(
    diff.hunks.map((hunk, index) => {
      if (reverse[index]?.applies === true) return 'there';
      const share = shareThere(hunk, text(), needed());
      if (share === 1) return 'otherwise';
      return forward.value[index]?.applies === true && share < 0.5 ? 'missing' : 'unclear';
    }),
  );
}

/**
 * The share of a hunk's added lines that are in the file, from 0 to 1. A line must occur as often as all hunks
 * together add it. If it does not, it counts if it occurs more often than the other hunks add it. Lines without a
 * word, such as a brace, occur everywhere and do not count; 0 if there are no other lines.
 */
function shareThere(
  hunk: Hunk,
  text: ReadonlyMap<string, number>,
  needed: ReadonlyMap<string, number>,
): number {
  const telling = changedLines(hunk).added.map(squeezed).filter(hasWord);
  if (telling.length === 0) return 0;
  const own = countAll(telling);
  if (telling.every((line) => (text.get(line) ?? 0) >= (needed.get(line) ?? 1))) return 1;
  const ofOthers = (line: string): number => (needed.get(line) ?? 0) - (own.get(line) ?? 0);
  const there = telling.filter((line) => (text.get(line) ?? 0) > ofOthers(line)).length;
  return Math.min(there / telling.length, 0.99);
}

function countLines(bytes: Buffer): ReadonlyMap<string, number> {
  return countAll(bytes.toString('latin1').split('\n'));
}

function countAll(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const key = squeezed(line);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** A line that was added by hand may be indented differently. */
function squeezed(line: string): string {
  return line.trim().replaceAll(/\s+/g, ' ');
}

function hasWord(line: string): boolean {
  return /\w{3}/.test(line);
}
