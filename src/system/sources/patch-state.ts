import type { Fact } from '../../model/fact.ts';
import type { PatchComponent } from '../../model/patch-component.ts';
import type { ComponentState, KernelVersion, PatchFacts, SetAtHand } from '../../model/tree.ts';
import { lazy } from '../lazy.ts';
import { hasSources, perComponent, readMarkers } from './markers.ts';
import type { PatchAtHand } from './patch-files.ts';
import { type PatchStack, stacksOf } from './patch-stacks.ts';
import { provePatch, type TreeToProve } from './prove-patch.ts';
import { readRejects } from './rejects.ts';
import { isBeyondTable, nearestBranch, nearestSeries, touchedFiles } from './series.ts';
import { setAtHand } from './set-at-hand.ts';
import type { TreeFiles } from './tree-files.ts';
import { treeWithout } from './tree-without.ts';

/**
 * Which patches of the AUFS set a tree has. A reverse dry run of a patch at hand is proof. Without a patch for this
 * kernel, the names that the patches add are evidence. `setDay`: date of the tree's own set. `mergedAt`: when the
 * package of the sources was merged, ms.
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
      sets: [],
    };
  }
  const { value } = version;
  const marked = lazy(() => readMarkers(files, value, series, setDay));
  const branches = patches.flatMap(({ branch }) => branch ?? []);
  const about: TreeToProve = {
    version: value,
    touched: lazy(() => touchedFiles(series, setDay)),
    beyond: isBeyondTable(value),
    best: nearestBranch(branches, value),
  };
  const stacks = stacksOf(patches);
  const proved = hasSources(files) ? stacks.flatMap((stack) => proveStack(files, about, stack)) : [];
  const components = perComponent(
    (component) => strongest(proved.map((states) => states[component])) ?? marked()[component],
  );
  const known = touchedFiles(series, null);
  const touched = [...new Set(known.map((file) => file.path))];
  const rejects = readRejects(files, touched, { touched: known, patches, mergedAt });
  const sets = stacks.map((stack) => setAtHand(files, about, stack, components));
  return { components, series: series.name, rejects, touched, sets: nearestFirst(sets) };
}

function proveStack(
  files: TreeFiles,
  about: TreeToProve,
  { patches }: PatchStack,
): Readonly<Record<PatchComponent, ComponentState | null>>[] {
  const without = treeWithout(files);
  return patches.toReversed().map((patch) => provePatch(without, about, patch));
}

function nearestFirst(sets: readonly SetAtHand[]): readonly SetAtHand[] {
  const order = ({ isForTree }: SetAtHand): number => (isForTree === null ? 1 : isForTree ? 0 : 2);
  return sets.toSorted((a, b) => order(a) - order(b));
}

/**
 * Of several patches for one component (sets of different days), the one with the most in the tree counts. null:
 * none.
 */
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
