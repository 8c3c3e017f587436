import { comesCompiled } from '../model/comes-compiled.ts';
import type { UserPatch } from '../model/portage.ts';
import type { Tree } from '../model/tree.ts';
import type { Situation } from './situation.ts';

/** What Portage applies by itself whenever a package is built: /etc/portage/patches (portage(5)). */

/**
 * Of an AUFS set, what changes the kernel: `aufs6-base.patch` of aufs-standalone, or all in one, as `aufs6.1.patch`. Whose
 * name says something else may be but a correction to a set that comes from elsewhere.
 */
const CHANGES_KERNEL = /\/[^/]*aufs[^/]*[-_]base\.[^/]*$|\/(?:\d+[-_])?aufs[\d.x-]*\.(?:patch|diff)$/i;
/** What lets the kernel build AUFS itself: `aufs6-kbuild.patch` in aufs-standalone, for fs/Kconfig and fs/Makefile. */
const KBUILD = /\/[^/]*aufs[^/]*kbuild[^/]*$/i;

/** Is this patch of the user's, by its name, what changes the kernel of an AUFS set? */
export function changesKernel(path: string): boolean {
  return CHANGES_KERNEL.test(path);
}

/** Does Portage apply an AUFS set of the user's to the sources of a tree, whenever their package is built? */
export function takesAufsSet(situation: Situation, tree: Tree): boolean {
  return patchesFor(situation, tree).some(({ path }) => changesKernel(path));
}

/** Does it apply the patch with which the kernel builds AUFS itself? */
export function takesKbuild(situation: Situation, tree: Tree): boolean {
  return patchesFor(situation, tree).some(({ path }) => KBUILD.test(path));
}

/** Do the sources of a tree hold AUFS itself, or will they once its package is built again? */
export function holdsAufs(situation: Situation, tree: Tree): boolean {
  const isPatched = tree.owner?.startsWith('sys-kernel/aufs-sources-') === true;
  const hasAufs = !tree.aufsSources.known || tree.aufsSources.value !== null;
  const isShown = tree.patch.components.kbuild.state === 'present' && hasAufs;
  return isPatched || isShown || takesKbuild(situation, tree);
}

/**
 * gentoo-kernel-bin takes no patches. Those for gentoo-kernel, which compiles the same kernel, count for it: where AUFS
 * is wanted, that one is to take its place.
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
