import { comesCompiled } from '../model/comes-compiled.ts';
import type { UserPatch } from '../model/portage.ts';
import type { Tree } from '../model/tree.ts';
import type { Situation } from './situation.ts';

/** Patches in /etc/portage/patches, which Portage applies whenever it builds a package (portage(5)). */

/**
 * The patch of an AUFS set that changes the kernel: `aufs6-base.patch` of aufs-standalone, or a whole set in one file, as
 * `aufs6.1.patch`. A file with another name may only be a correction to a set from elsewhere.
 */
const CHANGES_KERNEL = /\/[^/]*aufs[^/]*[-_]base\.[^/]*$|\/(?:\d+[-_])?aufs[\d.x-]*\.(?:patch|diff)$/i;
/** The patch with which the kernel builds AUFS itself: `aufs6-kbuild.patch` in aufs-standalone (fs/Kconfig, fs/Makefile). */
const KBUILD = /\/[^/]*aufs[^/]*kbuild[^/]*$/i;

/** Is this user patch, by its name, the part of an AUFS set that changes the kernel? */
export function changesKernel(path: string): boolean {
  return CHANGES_KERNEL.test(path);
}

/** Does Portage apply the user's AUFS set whenever it builds the package of this tree? */
export function takesAufsSet(situation: Situation, tree: Tree): boolean {
  return patchesFor(situation, tree).some(({ path }) => changesKernel(path));
}

/** Does Portage apply the patch with which the kernel builds AUFS itself? */
export function takesKbuild(situation: Situation, tree: Tree): boolean {
  return patchesFor(situation, tree).some(({ path }) => KBUILD.test(path));
}

/** Do the sources of a tree contain AUFS itself, or will they once its package is built again? */
export function holdsAufs(situation: Situation, tree: Tree): boolean {
  const isPatched = tree.owner?.startsWith('sys-kernel/aufs-sources-') === true;
  const hasAufs = !tree.aufsSources.known || tree.aufsSources.value !== null;
  const isShown = tree.patch.components.kbuild.state === 'present' && hasAufs;
  return isPatched || isShown || takesKbuild(situation, tree);
}

/**
 * gentoo-kernel-bin applies no patches. The patches for gentoo-kernel, which compiles the same kernel, count for it: where AUFS is
 * wanted, that package must replace it.
 */
function patchesFor({ snapshot, wanted }: Situation, { owner }: Tree): UserPatch[] {
  const { packages, userPatches } = snapshot.portage;
  const installed = packages.find(({ cpv }) => cpv === owner);
  if (installed === undefined) return [];
  if (wanted.answer === 'no' || !comesCompiled(installed))
    return userPatches.filter(({ appliesTo }) => appliesTo.includes(installed.cpv));
  const sibling = `${installed.category}/${installed.name.replace(/-bin$/, '')}`;
  return userPatches.filter(({ target }) => target.split(':')[0] === sibling);
}
