import { type Fact, known } from '../../model/fact.ts';
import { lazy } from '../lazy.ts';
import { changedLines } from './changed-lines.ts';
import { type HunkMatch, matchHunks } from './hunk-match.ts';
import type { FileDiff, Hunk } from './patch-file.ts';

/**
 * Whether a hunk of a patch is in a file.
 *
 * - `there`: patch would take it out again.
 * - `otherwise`: patch would not, but every line that it adds is in the file: put in by hand, or by another set.
 * - `missing`: the hunk fits, and of what it adds little is there: the lines that it changes are as they were before.
 * - `unclear`: none of these; the file was changed in another way, as by a set of another day, and that the hunk is not
 *   found proves nothing.
 */
export type HunkState = 'there' | 'otherwise' | 'missing' | 'unclear';

/**
 * The state of each hunk of a diff. `reverse`: what a dry run in reverse found in the same bytes. `all`: the hunks that
 * change the file together, where the diff holds only some of them.
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
 * Which share of the lines that it adds are in the file, from 0 to 1: each as often as all hunks together add it. Where
 * not all are, a line counts that is there more often than the other hunks add it. Lines without a word, such as a brace,
 * are everywhere, and do not count; 0 where there are no others.
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

/** Whoever puts a line in by hand may indent it in another way. */
function squeezed(line: string): string {
  return line.trim().replaceAll(/\s+/g, ' ');
}

function hasWord(line: string): boolean {
  return /\w{3}/.test(line);
}
