import { known, unknown, valueOr } from '../../model/fact.ts';
import type { Merge } from '../../model/merge.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/** The installed packages that a merge replaces: the same version, or another one in the same slot. */
export function replacedBy({ portage }: Snapshot, merge: Merge): InstalledPackage[] {
  return siblingsOf(portage.packages, merge).filter(
    ({ cpv, slot }) =>
      cpv === merge.cpv || (slot.known && mainSlot(slot.value) === slotOf(merge, portage.packages)),
  );
}

/** The installed packages with the same name: the merged version first, then the others by the time of their merge. */
export function siblingsOf(packages: readonly InstalledPackage[], merge: Merge): InstalledPackage[] {
  return packages
    .filter(({ category, name }) => category === merge.category && name === merge.name)
    .toSorted((a, b) => Number(b.cpv === merge.cpv) - Number(a.cpv === merge.cpv) || b.mergedAt - a.mergedAt);
}

/** The USE flags in the list, else those of the installed package. null: neither is known. */
export function flagsOf({ portage }: Snapshot, merge: Merge): readonly string[] | null {
  if (merge.use !== null) return merge.use;
  const [sibling] = siblingsOf(portage.packages, merge);
  return sibling === undefined ? null : valueOr(sibling.use, null);
}

/** The machine with the merged package. Unless `owned` says otherwise, it owns what its replaced version owned. */
export function withMerged(
  snapshot: Snapshot,
  merge: Merge,
  owned: Partial<Pick<InstalledPackage, 'modules' | 'trees'>> = {},
): Snapshot {
  const { portage, takenAt } = snapshot;
  const replaced = replacedBy(snapshot, merge);
  const [sibling] = siblingsOf(portage.packages, merge);
  const use = flagsOf(snapshot, merge);
  const installed: InstalledPackage = {
    cpv: merge.cpv,
    category: merge.category,
    name: merge.name,
    version: merge.version,
    kinds: merge.kinds,
    asksForSymvers: sibling?.asksForSymvers ?? false,
    slot: known(slotOf(merge, portage.packages)),
    repository: sibling?.repository ?? unknown('no-data', 'it is not merged yet'),
    use: use === null ? unknown('no-data', 'the list does not tell its USE flags') : known(use),
    iuse: sibling?.iuse ?? unknown('no-data', 'it is not merged yet'),
    buildTime: known(takenAt),
    counter: known(Math.max(0, ...portage.packages.map(({ counter }) => valueOr(counter, 0))) + 1),
    mergedAt: takenAt,
    modules: owned.modules ?? replaced[0]?.modules ?? [],
    trees: owned.trees ?? replaced[0]?.trees ?? [],
    ebuild: sibling?.cpv === merge.cpv ? sibling.ebuild : null,
    patches: sibling?.cpv === merge.cpv ? sibling.patches : [],
  };
  const packages = [...portage.packages.filter((other) => !replaced.includes(other)), installed];
  return {
    ...withoutOwners(
      snapshot,
      replaced.map(({ cpv }) => cpv),
    ),
    portage: { ...portage, packages: packages.toSorted((a, b) => (a.cpv < b.cpv ? -1 : 1)) },
  };
}

export function withRemoved(snapshot: Snapshot, installed: InstalledPackage): Snapshot {
  const { portage } = snapshot;
  const packages = portage.packages.filter(({ cpv }) => cpv !== installed.cpv);
  const installedCount = Math.max(0, portage.installed - 1);
  return {
    ...withoutOwners(snapshot, [installed.cpv]),
    portage: { ...portage, installed: installedCount, packages },
  };
}

/** kernel-2.eclass and kernel-install.eclass give each version its own slot; other packages keep theirs. */
function slotOf(merge: Merge, packages: readonly InstalledPackage[]): string {
  if (merge.slot !== null) return merge.slot;
  if (merge.kinds.includes('kernel-sources') || merge.kinds.includes('dist-kernel')) return merge.version;
  const [sibling] = siblingsOf(packages, merge);
  return sibling?.slot.known ? mainSlot(sibling.slot.value) : '0';
}

function mainSlot(slot: string): string {
  return slot.split('/')[0] ?? slot;
}

/** Files of removed packages have no owner any more; the merge then sets the owner of the files that it installs. */
function withoutOwners(snapshot: Snapshot, cpvs: readonly string[]): Snapshot {
  const { sources, modules } = snapshot;
  const isGone = (cpv: string | null): boolean => cpv !== null && cpvs.includes(cpv);
  return {
    ...snapshot,
    sources: {
      ...sources,
      trees: sources.trees.map((tree) => (isGone(tree.owner) ? { ...tree, owner: null } : tree)),
    },
    modules: modules.map((release) => ({
      ...release,
      modules: release.modules.map((file) => (isGone(file.owner) ? { ...file, owner: null } : file)),
    })),
  };
}
