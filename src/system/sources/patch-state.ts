import { dirname } from 'node:path';
import type { Fact } from '../../model/fact.ts';
import {
  type ComponentState,
  type KernelVersion,
  type MissingPart,
  PATCH_COMPONENTS,
  type PatchComponent,
  type PatchFacts,
} from '../../model/tree.ts';
import { lazy } from '../lazy.ts';
import { hasExport, hasWord } from './find-mark.ts';
import { evidenceOf, hasSources, perComponent, readMarkers } from './markers.ts';
import type { FileDiff, Hunk } from './patch-file.ts';
import type { PatchAtHand } from './patch-files.ts';
import { dryRun } from './proof.ts';
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
 */
export function patchState(
  files: TreeFiles,
  version: Fact<KernelVersion>,
  setDay: number | null,
  patches: readonly PatchAtHand[],
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
  const touched = [...new Set(touchedFiles(series, series.lastSet).map((file) => file.path))];
  const rejects = touched.map((path) => `${path}.rej`).filter((path) => files.has(path));
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
    const missing = perComponent<MissingPart[]>(() => []);
    const ofDiff = isExports(diff) ? 'standalone' : null;
    for (const [index, hunk] of diff.hunks.entries()) {
      const match = hunks[index];
      if (match === undefined) return nothing;
      const component = patch.component ?? ofDiff ?? componentOfHunk(path, hunk);
      if (component === null) continue;
      const tally = tallies[component];
      tally.hunks++;
      if (match.applies) {
        tally.present++;
        if (diff.before === 'absent') tally.made++;
        tally.appliedAt = Math.max(tally.appliedAt ?? 0, mtime ?? 0);
      } else {
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
    .flatMap(({ hunks }) => hunks.flatMap(addedLines));
  const text = Buffer.from(lines.join('\n'), 'latin1');
  return marks.some(({ kind, name }) => (kind === 'export' ? hasExport : hasWord)(text, name));
}

function emptyTally(): Tally {
  return { hunks: 0, present: 0, made: 0, missing: [], appliedAt: null };
}

/**
 * Files that the patch makes (mm/prfile.c) do not count by themselves: they belong to no package, and a merge of the
 * sources, which brings all others back, leaves them behind.
 */
function provedState(
  { hunks, present, made, missing, appliedAt }: Tally,
  { path }: PatchAtHand,
  certain: boolean,
): ComponentState | null {
  if (hunks === 0) return null;
  const state = present < hunks ? (present === made ? 'absent' : 'partial') : 'present';
  if (state !== 'present' && !certain) return null;
  const lacking = state === 'present' ? [] : missing;
  return {
    state,
    how: 'proof',
    by: path,
    missing: lacking,
    appliedAt: state === 'absent' ? null : appliedAt,
  };
}

/** Does it do nothing to a file but export symbols of it? So does `standalone`. */
function isExports({ hunks }: FileDiff): boolean {
  const added = hunks.flatMap(addedLines);
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
  if (exportsOnly(addedLines(hunk)) && candidates.includes('standalone')) return 'standalone';
  const [first] = candidates.filter((component) => component !== 'standalone');
  return first ?? candidates[0] ?? null;
}

function addedLines({ old, new: after }: Hunk): string[] {
  const before = new Map<string, number>();
  for (const line of old.lines) before.set(line, (before.get(line) ?? 0) + 1);
  const added: string[] = [];
  for (const line of after.lines) {
    const left = before.get(line) ?? 0;
    if (left > 0) before.set(line, left - 1);
    else added.push(line.trimEnd());
  }
  return added;
}
