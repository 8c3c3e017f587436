import { valueOr } from '../../model/fact.ts';
import { PATCH_COMPONENTS, type PatchComponent } from '../../model/patch-component.ts';
import type { ComponentState, KernelVersion, MissingPart } from '../../model/tree.ts';
import { changedLines } from './changed-lines.ts';
import { hasMark } from './find-mark.ts';
import { type HunkState, hunkStates } from './hunk-state.ts';
import { perComponent } from './markers.ts';
import { componentOf, componentsHeld } from './patch-components.ts';
import type { FileDiff, Hunk } from './patch-file.ts';
import type { PatchAtHand } from './patch-files.ts';
import { type DryRun, dryRun } from './proof.ts';
import { isForVersion, type Mark, type TouchedFile } from './series.ts';
import type { TreeWithout } from './tree-without.ts';

/** The tree that is asked. */
export interface AskedTree {
  readonly version: KernelVersion;
  /** What the sets for it touch. */
  readonly touched: () => readonly TouchedFile[];
  /** Is it newer than the sets that are known? */
  readonly beyond: boolean;
  /** Of the branches at hand the one for it; null: none is. */
  readonly best: string | null;
}

interface Tally {
  hunks: number;
  present: number;
  /** Of those that are present, how many are in files that the patch makes. */
  made: number;
  /** In the file in another form. */
  otherwise: number;
  /** Those that would fit now: the only ones that are surely not there. */
  fits: number;
  /** Of those, the ones that every set for the tree brings. */
  missing: MissingPart[];
  appliedAt: number | null;
}

/**
 * What one patch proves of each component; null: nothing. Of a patch that may be for another kernel only that it
 * is there proves something.
 */
export function provePatch(
  files: TreeWithout,
  about: AskedTree,
  patch: PatchAtHand,
): Readonly<Record<PatchComponent, ComponentState | null>> {
  const isFor = patch.branch === null ? null : isForVersion(patch.branch, about.version);
  const nothing = perComponent(() => null);
  if (isFor === false) return nothing;
  const tallies = perComponent(emptyTally);
  // A patch that holds a whole set changes a file more than once.
  for (const diff of patch.diffs.toReversed()) {
    const run = dryRun(files, diff, 'reverse');
    if (!run.known) return nothing;
    const { path, mtime, hunks } = run.value;
    const states = hunkStatesIn(files, diff, run.value);
    if (states === null) return nothing;
    const missing = perComponent<MissingPart[]>(() => []);
    for (const [index, hunk] of diff.hunks.entries()) {
      const match = hunks[index];
      if (match === undefined) return nothing;
      const component = componentOf(patch, diff, hunk);
      if (component === null) continue;
      const tally = tallies[component];
      tally.hunks++;
      const state = states[index];
      if (state === 'there') {
        tally.present++;
        if (diff.before === 'absent') tally.made++;
        tally.appliedAt = Math.max(tally.appliedAt ?? 0, mtime ?? 0);
      } else if (state === 'otherwise') {
        tally.otherwise++;
        tally.appliedAt = Math.max(tally.appliedAt ?? 0, mtime ?? 0);
      } else if (state === 'missing' && !isThereByMarks(files, about, component, path, diff, hunk)) {
        tally.fits++;
        if (!isOfEachSet(about, component, path, hunk)) continue;
        missing[component].push({ file: path, part: `hunk ${hunk.number} at line ${match.line}` });
      }
    }
    for (const component of PATCH_COMPONENTS) tallies[component].missing.unshift(...missing[component]);
    files.takeOut(path, diff, hunks);
  }
  const certain = isFor === true && patch.branch === about.best;
  const held = componentsHeld(patch, about.touched());
  return perComponent((component) =>
    held.includes(component) ? provedState(tallies[component], patch, certain) : null,
  );
}

function emptyTally(): Tally {
  return { hunks: 0, present: 0, made: 0, otherwise: 0, fits: 0, missing: [], appliedAt: null };
}

/**
 * Only a hunk that would fit is surely missing. Where none would and not all are there, the patch is not the one that
 * was applied, or it was put in by hand, and it proves nothing.
 *
 * Files that the patch makes (mm/prfile.c) do not count by themselves: they belong to no package, and a merge of the
 * sources, which brings all others back, leaves them behind.
 */
function provedState(
  { hunks, present, made, otherwise, fits, missing, appliedAt }: Tally,
  { path }: PatchAtHand,
  certain: boolean,
): ComponentState | null {
  if (hunks === 0) return null;
  const proof = { how: 'proof', by: path } as const;
  if (present === hunks) return { state: 'present', ...proof, missing: [], appliedAt };
  if (present + otherwise === hunks) {
    return { state: 'present', how: 'markers', by: path, missing: [], appliedAt };
  }
  if (!certain) return null;
  if (fits > 0 && present === made && otherwise === 0) {
    return { state: 'absent', ...proof, missing, appliedAt: null };
  }
  if (missing.length === 0) return null;
  return { state: 'partial', ...proof, missing, appliedAt };
}

/**
 * The set at hand may be of another day than the one that was applied, and bring what that one did not. Of a series
 * that came after the known ones, each hunk counts.
 */
function isOfEachSet(
  { touched, beyond }: AskedTree,
  component: PatchComponent,
  path: string,
  hunk: Hunk,
): boolean {
  if (beyond) return true;
  const file = touched().find((each) => each.component === component && each.path === path);
  if (file?.sure !== true) return false;
  const added = Buffer.from(changedLines(hunk).added.join('\n'), 'latin1');
  return !file.marks.some((mark) => !mark.sure && hasMark(added, mark));
}

/** Are the marks that this hunk of the diff alone brings in the file? Then it came in another form, with another set. */
function isThereByMarks(
  files: TreeWithout,
  { touched }: AskedTree,
  component: PatchComponent,
  path: string,
  diff: FileDiff,
  hunk: Hunk,
): boolean {
  const file = files.read(path);
  const row = touched().find((each) => each.component === component && each.path === path);
  if (!file.known || row === undefined) return false;
  const brings = (other: Hunk, mark: Mark): boolean =>
    hasMark(Buffer.from(changedLines(other).added.join('\n'), 'latin1'), mark);
  const own = row.marks.filter((mark) =>
    diff.hunks.every((other) => brings(other, mark) === (other === hunk)),
  );
  return own.length > 0 && own.every((mark) => hasMark(file.value.bytes, mark));
}

/** null: the file is there and cannot be read, or the work grows too large. */
function hunkStatesIn(files: TreeWithout, diff: FileDiff, run: DryRun): readonly HunkState[] | null {
  const file = files.read(run.path);
  if (!file.known && file.code !== 'missing') return null;
  if (!file.known && diff.before === 'there') return diff.hunks.map(() => 'missing');
  return valueOr(hunkStates(file.known ? file.value.bytes : Buffer.alloc(0), diff, run.hunks), null);
}
