import { patchOverall } from '../../model/patch-overall.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import type { SetAtHand, Tree } from '../../model/tree.ts';
import type { Situation } from '../situation.ts';
import { takesAufsSet } from '../user-patches.ts';

/** How the selected sources on this machine receive the AUFS set. */
export type PatchRoute =
  /** Portage applies the user's patches whenever it compiles this distribution kernel. */
  | { readonly by: 'distribution' }
  /** First the user must put the set into /etc/portage/patches for the distribution kernel. */
  | { readonly by: 'distribution-by-hand' }
  /** The package of the sources installs them with the set: from the user's patches, or its own (aufs-sources). */
  | { readonly by: 'sources'; readonly package: InstalledPackage }
  /** The package of the module patches the sources in its setup phase (USE=kernel-patch). */
  | { readonly by: 'module-package'; readonly package: InstalledPackage }
  /** The patches are in a directory, or all in one file, and no package applies them. */
  | { readonly by: 'directory'; readonly directory: string }
  | { readonly by: 'nothing' };

/** The first route of the list above that is possible on this machine. */
export function patchRoute(situation: Situation, tree: Tree): PatchRoute {
  const { packages } = situation.snapshot.portage;
  const takesSet = takesAufsSet(situation, tree);
  if (tree.kind === 'distribution') return { by: takesSet ? 'distribution' : 'distribution-by-hand' };
  const owner = packages.find(({ cpv }) => cpv === tree.owner);
  if (owner !== undefined && (takesSet || bringsSet(owner))) return { by: 'sources', package: owner };
  const patching = patchingPackage(situation);
  if (patching !== null) return { by: 'module-package', package: patching };
  const others = packages.find(bringsSet);
  if (others !== undefined) return { by: 'sources', package: others };
  const set = setForModule(tree);
  return set === null ? { by: 'nothing' } : { by: 'directory', directory: set.path };
}

/**
 * The set on this machine that is for this tree. The documentation of AUFS packages does not always contain one: with
 * USE=kernel-patch only what comes beside the sets.
 */
export function setForModule({ patch }: Tree): SetAtHand | null {
  const needed = ['base', 'mmap', 'standalone'] as const;
  const isWhole = ({ components }: SetAtHand) => needed.every((component) => components.includes(component));
  return patch.sets.find((set) => set.isForTree !== false && isWhole(set)) ?? null;
}

/** Do the sources of this package contain AUFS? In some overlays a USE flag of the sources adds it. */
export function bringsSet({ kinds, name, use }: InstalledPackage): boolean {
  const byFlag = use.known && use.value.includes('aufs');
  return kinds.includes('kernel-sources') && (name === 'aufs-sources' || byFlag);
}

/**
 * The package whose merge would remove what was applied to a tree by hand: its setup removes its patch where it does not find it
 * whole, and applies it again without the rejected hunks. null: there is none.
 */
export function undoingPackage(situation: Situation, tree: Tree | null): InstalledPackage | null {
  return tree !== null && patchOverall(tree).mended ? patchingPackage(situation) : null;
}

/** The package of the aufs module, where it patches the sources itself: sys-fs/aufs4 with USE=kernel-patch. */
export function patchingPackage({ snapshot }: Situation): InstalledPackage | null {
  const aufs = snapshot.portage.packages.find(({ kinds }) => kinds.includes('aufs'));
  return aufs?.use.known === true && aufs.use.value.includes('kernel-patch') ? aufs : null;
}
