import type { Effect, Merge } from '../model/merge.ts';
import type { PackageKind } from '../model/portage.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { buildModules } from './foretell/build-modules.ts';
import type { Change } from './foretell/change.ts';
import { bringDistributionKernel } from './foretell/distribution-kernel.ts';
import { withMerged, withRemoved } from './foretell/packages.ts';
import { patchSelected } from './foretell/patch-selected.ts';
import { removePackage } from './foretell/remove.ts';
import { bringSources } from './foretell/sources.ts';

/** A machine as it would be after merges, as far as that can be known. */
export interface Foretold {
  readonly snapshot: Snapshot;
  readonly effects: readonly Effect[];
  /** Trees whose sources would change: what the ledger remembers of them no longer holds. */
  readonly trees: readonly string[];
}

/**
 * The machine after these merges and removals, in their order. What is decided only while a merge runs, as whether a patch
 * applies, is unknown in the Snapshot and mentioned in the effects.
 */
export function foretell(before: Snapshot, merges: readonly Merge[]): Foretold {
  const matters = merges.map((merge) => withKinds(merge, before)).filter(({ kinds }) => kinds.length > 0);
  let snapshot = before;
  const effects: Effect[] = [];
  for (const merge of matters) {
    const change = merge.what === 'removed' ? removed(snapshot, merge) : merged(snapshot, merge, before);
    snapshot = change.snapshot;
    effects.push(...change.effects);
  }
  return { snapshot, effects, trees: changedTrees(before, snapshot) };
}

/** Adds the kinds of the package that are known because some version of it is installed. */
export function withKinds(merge: Merge, { portage }: Snapshot): Merge {
  const others = portage.packages.filter(
    ({ category, name }) => category === merge.category && name === merge.name,
  );
  const kinds = others.flatMap((installed) => installed.kinds);
  const all: readonly PackageKind[] = [...new Set([...merge.kinds, ...kinds])];
  return { ...merge, kinds: all };
}

function merged(snapshot: Snapshot, merge: Merge, before: Snapshot): Change {
  const { kinds } = merge;
  if (kinds.includes('dist-kernel')) return bringDistributionKernel(withMerged(snapshot, merge), merge);
  if (kinds.includes('kernel-sources')) return bringSources(snapshot, merge);
  if (!kinds.includes('aufs') && !kinds.includes('module'))
    return { snapshot: withMerged(snapshot, merge), effects: [] };
  const patched = kinds.includes('aufs') ? patchSelected(snapshot, merge, before) : { snapshot, effects: [] };
  const built = buildModules(patched.snapshot, merge);
  return { snapshot: built.snapshot, effects: [...patched.effects, ...built.effects] };
}

function removed(snapshot: Snapshot, merge: Merge): Change {
  const installed = snapshot.portage.packages.find(({ cpv }) => cpv === merge.cpv);
  if (installed === undefined) return { snapshot, effects: [] };
  const change = removePackage(snapshot, installed);
  return { ...change, snapshot: withRemoved(change.snapshot, installed) };
}

function changedTrees(before: Snapshot, after: Snapshot): string[] {
  const changed = after.sources.trees.filter(
    (tree) => before.sources.trees.find(({ path }) => path === tree.path)?.patch !== tree.patch,
  );
  return changed.map(({ path }) => path);
}
