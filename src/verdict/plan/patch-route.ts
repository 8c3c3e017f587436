import type { InstalledPackage } from '../../model/portage.ts';
import type { Tree } from '../../model/tree.ts';
import type { Situation } from '../situation.ts';
import { takesAufsSet } from '../user-patches.ts';

/** What brings the AUFS set into the selected sources on this machine. */
export type PatchRoute =
  /** Portage applies the user's patches whenever it compiles this distribution kernel. */
  | { readonly by: 'distribution' }
  /** The distribution kernel has to be given the set by hand first. */
  | { readonly by: 'distribution-by-hand' }
  /** The package of the sources brings them with the set: by the user's patches, or of its own (aufs-sources). */
  | { readonly by: 'sources'; readonly package: InstalledPackage }
  /** The package of the module patches the sources in its setup phase (USE=kernel-patch). */
  | { readonly by: 'module-package'; readonly package: InstalledPackage }
  /** A package has left the patches in a directory, and applies none. */
  | { readonly by: 'directory'; readonly directory: string }
  | { readonly by: 'nothing' };

/** The route that this machine takes, the surest first. */
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
  const patch = packages.find(({ kinds }) => kinds.includes('aufs'))?.patches[0];
  if (patch === undefined) return { by: 'nothing' };
  return { by: 'directory', directory: patch.slice(0, patch.lastIndexOf('/')) };
}

/** Do the sources of this package come with AUFS? */
export function bringsSet({ kinds, name }: InstalledPackage): boolean {
  return kinds.includes('kernel-sources') && name === 'aufs-sources';
}

/** The package of the aufs module, where it patches the sources itself: sys-fs/aufs4 with USE=kernel-patch. */
export function patchingPackage({ snapshot }: Situation): InstalledPackage | null {
  const aufs = snapshot.portage.packages.find(({ kinds }) => kinds.includes('aufs'));
  return aufs?.use.known === true && aufs.use.value.includes('kernel-patch') ? aufs : null;
}
