import type { Effect, Merge } from '../../model/merge.ts';
import { patchOverall } from '../../model/patch-overall.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ComponentState, PatchFacts, Tree } from '../../model/tree.ts';
import { setForModule } from '../plan/patch-route.ts';
import type { Change } from './change.ts';
import { flagsOf } from './packages.ts';

/** What the setup of an AUFS package does to the selected sources (USE=kernel-patch). `original`: before all merges. */
export function patchSelected(snapshot: Snapshot, merge: Merge, original: Snapshot): Change {
  const { selected, trees } = snapshot.sources;
  const flags = flagsOf(snapshot, merge);
  const tree = selected.state === 'tree' ? trees.find(({ path }) => path === selected.path) : undefined;
  if (tree === undefined || merge.binary || flags?.includes('kernel-patch') === false)
    return { snapshot, effects: [] };
  const { cpv } = merge;
  if (flags === null) {
    const text = `may patch ${tree.path} (USE=kernel-patch): the list does not show it`;
    const patch = allUnknown(tree, `whether ${cpv} patches it is not known`);
    return { snapshot: withPatch(snapshot, tree, patch), effects: [{ cpv, certainty: 'unknown', text }] };
  }
  const patch = patchKnown(snapshot, merge, tree, original);
  if (patch === null) {
    const why = `whether the patches of ${cpv} apply is known once it is merged`;
    const text = `patches ${tree.path}; whether its patches apply is not known`;
    const effects: Effect[] = [{ cpv, certainty: 'unknown', text }];
    return { snapshot: withPatch(snapshot, tree, allUnknown(tree, why)), effects };
  }
  const effects: Effect[] = [{ cpv, certainty: 'known', text: `patches ${tree.path}` }];
  return { snapshot: withPatch(snapshot, tree, patch), effects };
}

/**
 * The same version patched the same sources before, or its patches are on this machine and were tried on them. null: not
 * known.
 */
function patchKnown(snapshot: Snapshot, merge: Merge, tree: Tree, original: Snapshot): PatchFacts | null {
  const installed = snapshot.portage.packages.find(({ cpv }) => cpv === merge.cpv);
  if (installed === undefined) return null;
  const before = original.sources.trees.find(({ path }) => path === tree.path);
  const wasWhole =
    before !== undefined && before.owner === tree.owner && patchOverall(before).state === 'whole';
  if (wasWhole) return at(before.patch, snapshot.takenAt);
  const set = setForModule(tree);
  const isOfPackage = set !== null && installed.patches.some((path) => path.startsWith(set.path));
  if (!isOfPackage || !set.rejects.known || set.rejects.value.length > 0) return null;
  const components = { ...tree.patch.components };
  const state = { state: 'present', how: 'proof', by: set.path, missing: [], appliedAt: null } as const;
  for (const component of set.components) components[component] = state;
  return at({ ...tree.patch, components }, snapshot.takenAt);
}

function at(patch: PatchFacts, appliedAt: number): PatchFacts {
  const moved = (state: ComponentState): ComponentState =>
    state.state === 'present' ? { ...state, appliedAt } : state;
  const { kbuild, base, mmap, standalone } = patch.components;
  return {
    ...patch,
    components: {
      kbuild: moved(kbuild),
      base: moved(base),
      mmap: moved(mmap),
      standalone: moved(standalone),
    },
  };
}

function allUnknown({ patch }: Tree, why: string): PatchFacts {
  const state: ComponentState = { state: 'unknown', why };
  return {
    ...patch,
    components: { kbuild: state, base: state, mmap: state, standalone: state },
    rejects: [],
  };
}

function withPatch(snapshot: Snapshot, tree: Tree, patch: PatchFacts): Snapshot {
  const { sources } = snapshot;
  const trees = sources.trees.map((other) => (other.path === tree.path ? { ...other, patch } : other));
  return { ...snapshot, sources: { ...sources, trees } };
}
