import { type Fact, known, unknown, valueOr } from '../../model/fact.ts';
import type { Reject } from '../../model/tree.ts';
import { changedLines } from './changed-lines.ts';
import { matchHunks } from './hunk-match.ts';
import { hunkStates } from './hunk-state.ts';
import { type FileDiff, type Hunk, parsePatch } from './patch-file.ts';
import type { PatchAtHand } from './patch-files.ts';
import type { TouchedFile } from './series.ts';
import type { TreeFiles } from './tree-files.ts';

/** Facts that distinguish a hunk of the sets from one that removes the sets. */
interface Known {
  readonly touched: readonly TouchedFile[];
  readonly patches: readonly PatchAtHand[];
  /** When the package of the sources was merged, ms; null: no package owns them. */
  readonly mergedAt: number | null;
}

/**
 * Reads the `.rej` files beside the files of the sets, and what each proves. Its existence proves nothing: ebuilds of
 * AUFS run the patch in reverse first, which on a clean tree rejects each hunk; after a change by hand the `.rej`
 * stays; a merge of the sources leaves old ones. So each is read, and its hunks are compared with the file.
 */
export function readRejects(files: TreeFiles, paths: readonly string[], about: Known): readonly Reject[] {
  return paths.flatMap((path) => {
    const file = `${path}.rej`;
    return files.has(file) ? [{ path: file, ...whatItProves(files, path, about) }] : [];
  });
}

type Proof = Pick<Reject, 'state' | 'hunks'>;

function whatItProves(files: TreeFiles, path: string, about: Known): Proof {
  const reject = files.read(`${path}.rej`);
  if (!reject.known) return { state: 'unreadable', hunks: 0 };
  if (about.mergedAt !== null && reject.value.mtime < about.mergedAt) return { state: 'older', hunks: 0 };
  const diff = parseReject(path, reject.value.bytes.toString('latin1'));
  if (!diff.known) return { state: 'unreadable', hunks: 0 };
  const { hunks } = diff.value;
  if (hunks.length === 0) return { state: 'empty', hunks: 0 };
  const forward = hunks.filter((hunk) => isForward(path, hunk, about));
  if (forward.length === 0) return { state: 'reverse-attempt', hunks: 0 };
  const file = files.read(path);
  const open = file.known
    ? forward.filter((hunk) => !isIn(file.value.bytes, diff.value, hunk, about.patches))
    : forward;
  return open.length > 0 ? { state: 'open', hunks: open.length } : { state: 'in-the-file', hunks: 0 };
}

/** A known result without hunks: the file is empty. */
function parseReject(path: string, text: string): Fact<FileDiff> {
  if (text.trim() === '') return known(diffOf(path, []));
  // git apply --reject writes the names only in the line before the hunks.
  const named = text.replace(/^diff a\/\S+ b\/\S+\t?\s*\(rejected hunks\)$/m, '--- a/file\n+++ b/file');
  const parsed = parsePatch(named);
  if (!parsed.known) return parsed;
  const hunks = parsed.value.flatMap((diff) => diff.hunks);
  return hunks.length > 0 ? known(diffOf(path, hunks)) : unknown('malformed', `${path}.rej has no hunk`);
}

function diffOf(path: string, hunks: readonly Hunk[]): FileDiff {
  return { paths: [path], before: 'there', after: 'there', preamble: [], hunks };
}

function isIn(bytes: Buffer, diff: FileDiff, hunk: Hunk, patches: readonly PatchAtHand[]): boolean {
  const alone = { ...diff, hunks: [hunk] };
  const reverse = matchHunks(bytes, alone, 'reverse');
  if (!reverse.known) return false;
  const whole = diffWith(hunk, diff.paths, patches)?.hunks ?? diff.hunks;
  const [state] = valueOr(hunkStates(bytes, alone, reverse.value, whole), []);
  return state === 'there' || state === 'otherwise';
}

/** The diff of a patch at hand that makes the same change to the file. */
function diffWith(
  hunk: Hunk,
  paths: readonly string[],
  patches: readonly PatchAtHand[],
): FileDiff | undefined {
  const wanted = changeText(hunk);
  return patches
    .flatMap(({ diffs }) => diffs)
    .filter((diff) => diff.paths.some((path) => paths.includes(path)))
    .find(({ hunks }) => hunks.some((other) => changeText(other) === wanted));
}

function changeText(hunk: Hunk): string {
  const { added, removed } = changedLines(hunk);
  return JSON.stringify([added, removed]);
}

/**
 * Does the hunk apply the sets' change rather than revert it? A patch at hand with the same change decides, else the
 * marks. Otherwise a hunk that removes more than it adds counts as a revert.
 */
function isForward(path: string, hunk: Hunk, { touched, patches }: Known): boolean {
  const { added, removed } = changedLines(hunk);
  const [plus, minus] = [added.join('\n'), removed.join('\n')];
  for (const { diffs } of patches) {
    for (const diff of diffs) {
      if (!diff.paths.includes(path)) continue;
      for (const other of diff.hunks) {
        const change = changedLines(other);
        const [brought, taken] = [change.added.join('\n'), change.removed.join('\n')];
        if (brought === plus && taken === minus) return true;
        if (brought === minus && taken === plus) return false;
      }
    }
  }
  const names = touched.filter((file) => file.path === path).flatMap(({ marks }) => marks);
  const count = (text: string): number => names.filter(({ name }) => hasName(text, name)).length;
  const [brought, taken] = [count(plus), count(minus)];
  if (brought !== taken) return brought > taken;
  // A function that becomes callable from outside loses its `static`.
  const statics = (lines: readonly string[]): number => lines.filter((line) => /^static\b/.test(line)).length;
  if (statics(added) !== statics(removed)) return statics(added) < statics(removed);
  return added.length >= removed.length;
}

function hasName(text: string, name: string): boolean {
  return new RegExp(`\\b${name.replaceAll(/\W/g, '\\$&')}\\b`).test(text);
}
