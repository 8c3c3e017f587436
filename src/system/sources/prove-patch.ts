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

/** The tree to check. */
export interface TreeToProve {
  readonly version: KernelVersion;
  /** The files that the sets for it touch. */
  readonly touched: () => readonly TouchedFile[];
  /** Is it newer than the known sets? */
  readonly beyond: boolean;
  /** The branch at hand that is for it; null: none. */
  readonly best: string | null;
}

interface Tally {
  hunks: number;
  present: number;
  /** Hunks present in files that the patch creates. */
  made: number;
  /** Hunks in the file in another form. */
  otherwise: number;
  /** Hunks that would apply now: only these are surely absent. */
  fits: number;
  /** Those of them that every set for the tree has. */
  missing: MissingPart[];
  appliedAt: number | null;
}

/**
 * The proof that one patch gives for each component; null: none. A patch that may be for another kernel proves only
 * presence.
 */
export function provePatch(
  files: TreeWithout,
  about: TreeToProve,
  patch: PatchAtHand,
): Readonly<Record<PatchComponent, ComponentState | null>> {
  const isFor = patch.branch === null ? null : isForVersion(patch.branch, about.version);
  const nothing = perComponent(() => null);
  if (isFor === false) return nothing;
  const tallies = perComponent(emptyTally);
  // A patch with a whole set changes a file more than once.
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
 * Only a hunk that would apply is surely missing. If none would and not all are present, another patch was applied,
 * or it was added by hand, and this one proves nothing.
 *
 * Files that the patch creates (mm/prfile.c) do not count alone: they belong to no package, and a merge of the
 * sources, which restores all others, leaves them.
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
 * The set at hand may be of another day than the applied one, and have hunks that this did not. For a series newer
 * than the known ones each hunk counts.
 */
function isOfEachSet(
  { touched, beyond }: TreeToProve,
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

/** Are the marks that only this hunk of the diff adds in the file? Then they came in another form, with another set. */
function isThereByMarks(
  files: TreeWithout,
  { touched }: TreeToProve,
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

/** null: the file exists and cannot be read, or the work limit is reached. */
function hunkStatesIn(files: TreeWithout, diff: FileDiff, run: DryRun): readonly HunkState[] | null {
  const file = files.read(run.path);
  if (!file.known && file.code !== 'missing') return null;
  if (!file.known && diff.before === 'there') return diff.hunks.map(() => 'missing');
  return valueOr(hunkStates(file.known ? file.value.bytes : Buffer.alloc(0), diff, run.hunks), null);
}
