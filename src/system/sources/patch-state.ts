import { dirname } from 'node:path';
import { type Fact, valueOr } from '../../model/fact.ts';
import {
  type ComponentState,
  type KernelVersion,
  type MissingPart,
  PATCH_COMPONENTS,
  type PatchComponent,
  type PatchFacts,
} from '../../model/tree.ts';
import { lazy } from '../lazy.ts';
import { changedLines } from './changed-lines.ts';
import { hasExport, hasWord } from './find-mark.ts';
import { type HunkState, hunkStates } from './hunk-state.ts';
import { evidenceOf, hasSources, perComponent, readMarkers } from './markers.ts';
import type { FileDiff, Hunk } from './patch-file.ts';
import type { PatchAtHand } from './patch-files.ts';
import { type DryRun, dryRun } from './proof.ts';
import { readRejects } from './rejects.ts';
import {
  componentsOf,
  isForVersion,
  type Mark,
  nearestSeries,
  type Series,
  type TouchedFile,
  touchedFiles,
} from './series.ts';
import type { TreeFiles } from './tree-files.ts';
import { type TreeWithout, treeWithout } from './tree-without.ts';

/**
 * How far a tree carries each patch of the AUFS set. A reverse dry run of a patch at hand is proof; where there is
 * none for this kernel, the names that the patches bring are evidence. `setDay`: date of the tree's own set.
 * `mergedAt`: when the package of the sources was merged, ms.
 */
export function patchState(
  files: TreeFiles,
  version: Fact<KernelVersion>,
  setDay: number | null,
  patches: readonly PatchAtHand[],
  mergedAt: number | null = null,
): PatchFacts {
  const series = version.known ? nearestSeries(version.value) : null;
  if (!version.known || series === null) {
    const why = version.known ? 'no patch set is known for so old a kernel' : version.detail;
    return {
      components: perComponent(() => ({ state: 'unknown', why })),
      series: null,
      rejects: [],
      touched: [],
    };
  }
  const { value } = version;
  const marked = lazy(() => readMarkers(files, value, series, setDay));
  const proved = hasSources(files)
    ? stacksOf(patches).flatMap((stack) => proveStack(files, value, series, stack))
    : [];
  const components = perComponent(
    (component) => strongest(proved.map((states) => states[component])) ?? marked()[component],
  );
  const known = touchedFiles(series, series.lastSet);
  const touched = [...new Set(known.map((file) => file.path))];
  const rejects = readRejects(files, touched, { touched: known, patches, mergedAt });
  return { components, series: series.name, rejects, touched };
}

/** Patches of one set, in the order in which they are applied; one that holds a whole set stands alone. */
function stacksOf(patches: readonly PatchAtHand[]): PatchAtHand[][] {
  const stacks = new Map<string, PatchAtHand[]>();
  for (const patch of patches) {
    const { path, branch, component } = patch;
    const set = component === null ? path : `${dirname(path)} ${branch}`;
    stacks.set(set, [...(stacks.get(set) ?? []), patch]);
  }
  const order = ({ component }: PatchAtHand) =>
    component === null ? 0 : PATCH_COMPONENTS.indexOf(component);
  return [...stacks.values()].map((stack) => stack.toSorted((a, b) => order(a) - order(b)));
}

function proveStack(
  files: TreeFiles,
  version: KernelVersion,
  series: Series,
  stack: readonly PatchAtHand[],
): Readonly<Record<PatchComponent, ComponentState | null>>[] {
  const without = treeWithout(files);
  return stack.toReversed().map((patch) => prove(without, version, series, patch));
}

/** Of several patches for one component (sets of different days), the one of which most is there speaks. null: none. */
function strongest(proved: readonly (ComponentState | null)[]): ComponentState | null {
  const found = proved.filter((state) => state !== null);
  for (const wanted of ['present', 'partial', 'absent'] as const) {
    const [best] = found
      .filter((state) => state.state === wanted)
      .sort((a, b) => missingCount(a) - missingCount(b));
    if (best !== undefined) return best;
  }
  return null;
}

function missingCount(state: ComponentState): number {
  return state.state === 'unknown' ? 0 : state.missing.length;
}

interface Tally {
  hunks: number;
  present: number;
  /** Of those that are present, how many are in files that the patch makes. */
  made: number;
  /** In the file in another form. */
  otherwise: number;
  /** Those that would fit now: the only ones that are surely not there. */
  missing: MissingPart[];
  appliedAt: number | null;
}

/**
 * What one patch proves of each component; null: nothing. Of a patch that may be for another kernel only that it
 * is there proves something.
 */
function prove(
  files: TreeWithout,
  version: KernelVersion,
  series: Series,
  patch: PatchAtHand,
): Readonly<Record<PatchComponent, ComponentState | null>> {
  const isFor = patch.branch === null ? null : isForVersion(patch.branch, version);
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
    const ofDiff = isExports(diff) ? 'standalone' : null;
    for (const [index, hunk] of diff.hunks.entries()) {
      const match = hunks[index];
      if (match === undefined) return nothing;
      const component = patch.component ?? ofDiff ?? componentOfHunk(path, hunk);
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
      } else if (state === 'missing') {
        missing[component].push({ file: path, part: `hunk ${hunk.number} at line ${match.line}` });
      }
    }
    for (const component of PATCH_COMPONENTS) tallies[component].missing.unshift(...missing[component]);
    files.takeOut(path, diff, hunks);
  }
  const touched = lazy(() => touchedFiles(series, series.firstDay));
  return perComponent((component) => {
    const holds = patch.titled.includes(component) || bringsWhole(patch.diffs, touched(), component);
    return holds ? provedState(tallies[component], patch, isFor === true) : null;
  });
}

/**
 * Does the patch bring a component whole, with a mark in every file where each set for the series leaves a sure one? For
 * a patch whose titles do not say what it is: any other one for the kernel changes some of these files too, and that it
 * is there says nothing of AUFS.
 */
function bringsWhole(
  diffs: readonly FileDiff[],
  touched: readonly TouchedFile[],
  component: PatchComponent,
): boolean {
  const marked = touched.flatMap((file) => {
    const marks = file.component === component ? evidenceOf(file) : [];
    return marks.length > 0 ? [{ path: file.path, marks }] : [];
  });
  const sure = marked.flatMap(({ path, marks }) => {
    const surest = marks.filter((mark) => mark.sure);
    return surest.length > 0 ? [{ path, marks: surest }] : [];
  });
  const wanted = sure.length > 0 ? sure : marked;
  return wanted.length > 0 && wanted.every(({ path, marks }) => bringsMark(diffs, path, marks));
}

function bringsMark(diffs: readonly FileDiff[], path: string, marks: readonly Mark[]): boolean {
  const lines = diffs
    .filter(({ paths }) => paths.includes(path))
    .flatMap(({ hunks }) => hunks.flatMap((hunk) => changedLines(hunk).added));
  const text = Buffer.from(lines.join('\n'), 'latin1');
  return marks.some(({ kind, name }) => (kind === 'export' ? hasExport : hasWord)(text, name));
}

function emptyTally(): Tally {
  return { hunks: 0, present: 0, made: 0, otherwise: 0, missing: [], appliedAt: null };
}

/**
 * Only a hunk that would fit is surely missing. Where none would and not all are there, the patch is not the one that
 * was applied, or it was put in by hand, and it proves nothing.
 *
 * Files that the patch makes (mm/prfile.c) do not count by themselves: they belong to no package, and a merge of the
 * sources, which brings all others back, leaves them behind.
 */
function provedState(
  { hunks, present, made, otherwise, missing, appliedAt }: Tally,
  { path }: PatchAtHand,
  certain: boolean,
): ComponentState | null {
  if (hunks === 0) return null;
  const proof = { how: 'proof', by: path } as const;
  if (present === hunks) return { state: 'present', ...proof, missing: [], appliedAt };
  if (!certain) return null;
  if (present + otherwise === hunks) {
    return { state: 'present', how: 'markers', by: path, missing: [], appliedAt };
  }
  if (missing.length === 0) return null;
  if (present === made && otherwise === 0) return { state: 'absent', ...proof, missing, appliedAt: null };
  return { state: 'partial', ...proof, missing, appliedAt };
}

/** null: the file is there and cannot be read, or the work grows too large. */
function hunkStatesIn(files: TreeWithout, diff: FileDiff, run: DryRun): readonly HunkState[] | null {
  const file = files.read(run.path);
  if (!file.known && file.code !== 'missing') return null;
  if (!file.known && diff.before === 'there') return diff.hunks.map(() => 'missing');
  return valueOr(hunkStates(file.known ? file.value.bytes : Buffer.alloc(0), diff, run.hunks), null);
}

/** Does it do nothing to a file but export symbols of it? So does `standalone`. */
function isExports({ hunks }: FileDiff): boolean {
  const added = hunks.flatMap((hunk) => changedLines(hunk).added);
  return exportsOnly(added) && added.some((line) => line.startsWith('EXPORT_SYMBOL'));
}

function exportsOnly(added: readonly string[]): boolean {
  return added.every((line) => /^(?:\s*|EXPORT_SYMBOL.*|#include .*)$/.test(line));
}

/**
 * In a combined patch: `standalone` exports symbols of files that `base` or `mmap` change otherwise. null: no set
 * touches the file.
 */
function componentOfHunk(path: string, hunk: Hunk): PatchComponent | null {
  const candidates = componentsOf(path);
  if (exportsOnly(changedLines(hunk).added) && candidates.includes('standalone')) return 'standalone';
  const [first] = candidates.filter((component) => component !== 'standalone');
  return first ?? candidates[0] ?? null;
}
