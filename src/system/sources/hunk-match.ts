import { type Fact, known, unknown } from '../../model/fact.ts';
import { indexLines, type LineIndex } from './line-index.ts';
import type { FileDiff, Hunk, HunkSide } from './patch-file.ts';

/** The result of patch for one hunk. */
export interface HunkMatch {
  readonly number: number;
  readonly applies: boolean;
  /** Line, from 1, at which it applies or was expected, in the file with the previous hunks applied. */
  readonly line: number;
  /** Lines of context ignored at each end. */
  readonly fuzz: number;
  /** Distance in lines from the line in the patch. */
  readonly offset: number;
}

export type Direction = 'forward' | 'reverse';

/** patch's default for --fuzz. */
const FUZZ_MAX = 2;
/** Line comparisons; long equal lines count more. Many times what a large patch of a large file needs. */
const WORK_MAX = 10_000_000;

/**
 * Where each hunk of a diff applies to the bytes of a file, as GNU patch 2.7 finds it (`--force --dry-run`, with -R
 * for `reverse`). Pure; written from scratch by the rules of patch:
 *
 * - A hunk is tried at its line in the diff, plus the offset of the last hunk; then one line later, one earlier, two
 *   later …, never in lines that the previous hunk covers. First with all its context, then up to twice with a line
 *   less at each end; if one end has less context than the other, the longer end loses lines first.
 * - Less context at the beginning than at the end means that the hunk begins the file, and vice versa. It is tried
 *   nowhere else until fuzz has evened out the difference.
 * - A hunk without old lines applies at its line in the diff.
 *
 * `timeout`: more work than any patch needs, so the file or the patch was made for that.
 */
export function matchHunks(bytes: Buffer, diff: FileDiff, direction: Direction): Fact<readonly HunkMatch[]> {
  const file = indexLines(bytes);
  const mustBeNew = (direction === 'forward' ? diff.before : diff.after) === 'absent' && bytes.length > 0;
  const matches: HunkMatch[] = [];
  let offset = 0;
  /** Lines that the applied hunks have added to the file. */
  let growth = 0;
  /** Lines of the file before this one belong to applied hunks. */
  let frozen = 0;
  let work = 0;

  for (const hunk of diff.hunks) {
    const [wanted, result] = direction === 'forward' ? [hunk.old, hunk.new] : [hunk.new, hunk.old];
    const longest = Math.max(hunk.prefix, hunk.suffix);
    let place: number | null = null;
    let fuzz = 0;
    for (; fuzz <= Math.min(FUZZ_MAX, longest); fuzz++) {
      place = locate(hunk, wanted, fuzz - longest);
      if (work > WORK_MAX) return unknown('timeout', `matching ${diff.paths[0] ?? 'a patch'} took too long`);
      if (place !== null) break;
    }
    const applies = place !== null && canApply(place, hunk);
    matches.push({
      number: hunk.number,
      applies,
      line: (place ?? wanted.first) + growth,
      fuzz: applies ? fuzz : 0,
      offset: applies ? offset : 0,
    });
    if (!applies || place === null) continue;
    frozen = place - 1 + wanted.lines.length - hunk.suffix;
    growth += result.lines.length - wanted.lines.length;
  }
  return known(matches);

  /** `slack`: fuzz minus the longer context. Plus a context it gives the number of its lines to ignore. */
  function locate(hunk: Hunk, wanted: HunkSide, slack: number): number | null {
    const guess = wanted.first + offset;
    const length = wanted.lines.length;
    if (length === 0) return guess === 0 ? null : guess;

    const skipFirst = hunk.prefix + slack;
    const skipLast = hunk.suffix + slack;
    const lowest = frozen + 1;
    const from = Math.max(skipFirst, 0);
    // At most one of the two is negative: slack is relative to the longer context.
    if (skipFirst < 0 && wanted.first <= 1) {
      const free = frozen <= hunk.prefix && hasRoom(1, length - skipLast);
      return free && fits(wanted, 1, 0, skipLast) ? moveTo(1, guess) : null;
    }
    if (skipLast < 0) {
      const place = file.count() - length + 1;
      return place >= lowest && fits(wanted, place, from, 0) ? moveTo(place, guess) : null;
    }
    return search(wanted, guess, lowest, from, skipLast);
  }

  /**
   * Nearest first; of two at the same distance, the later one. A guess inside the frozen lines is still tried,
   * starting as far before it as the end of the frozen lines is after it, and may fail later in canApply. Lines after
   * the match are not indexed.
   */
  function search(wanted: HunkSide, guess: number, lowest: number, from: number, to: number): number | null {
    const length = wanted.lines.length - to;
    const back = guess - lowest;
    const beyond = hasRoom(guess, length) ? 0 : guess - (file.count() - length + 1);
    for (let distance = beyond > 0 ? beyond : Math.min(back, 0); work <= WORK_MAX; distance++) {
      const ahead = hasRoom(guess + distance, length);
      if (!ahead && distance > back) return null;
      if (ahead && fits(wanted, guess + distance, from, to)) return moveTo(guess + distance, guess);
      if (distance <= back && fits(wanted, guess - distance, from, to))
        return moveTo(guess - distance, guess);
    }
    return null;
  }

  /** Does the file have this number of lines from `place` on? */
  function hasRoom(place: number, lines: number): boolean {
    const last = place - 1 + lines - 1;
    return last < 0 || file.has(last);
  }

  function moveTo(place: number, guess: number): number {
    offset += place - guess;
    return place;
  }

  function fits(wanted: HunkSide, place: number, skipFirst: number, skipLast: number): boolean {
    const end = wanted.lines.length - skipLast;
    for (let index = skipFirst; index < end; index++) {
      const line = wanted.lines[index] ?? '';
      work += 1 + (line.length >> 6);
      if (!hasLine(file, place - 1 + index, line)) return false;
    }
    return true;
  }

  function canApply(place: number, hunk: Hunk): boolean {
    if (place === 1 && mustBeNew) return false;
    return place - 1 + hunk.prefix >= frozen;
  }
}

/** Is `line` the line at that index? Outside of the file, lines are empty. */
function hasLine(file: LineIndex, index: number, line: string): boolean {
  if (!file.has(index)) return line === '';
  const [start, end] = [file.offset(index), file.offset(index + 1)];
  return end - start === line.length && file.bytes.toString('latin1', start, end) === line;
}
