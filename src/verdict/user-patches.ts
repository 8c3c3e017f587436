import type { UserPatch } from '../model/portage.ts';
import type { Tree } from '../model/tree.ts';
import type { Situation } from './situation.ts';

/** What Portage applies by itself whenever a package is built: /etc/portage/patches (portage(5)). */

/**
 * Of an AUFS set, what changes the kernel: `aufs6-base.patch` of aufs-standalone, or all in one, as `aufs6.1.patch`. Whose
 * name says something else may be but a correction to a set that comes from elsewhere.
 */
const CHANGES_KERNEL =
  /\/[^/]*aufs[^/]*[-_]base\.[^/]*$|\/(?:\d+[-_])?aufs[\d.x-]*(?:[-_]standalone)?\.(?:patch|diff)$/i;
/** What lets the kernel build AUFS itself: `aufs6-kbuild.patch` in aufs-standalone, for fs/Kconfig and fs/Makefile. */
const KBUILD = /\/[^/]*aufs[^/]*kbuild[^/]*$/i;

/** Does Portage apply an AUFS set of the user's to the package with this CPV? */
export function takesAufsSet(situation: Situation, cpv: string): boolean {
  return patchesFor(situation, cpv).some(({ path }) => CHANGES_KERNEL.test(path));
}

/** Is the package of a tree given the patch with which the kernel builds AUFS itself? */
export function takesKbuild(situation: Situation, { owner }: Tree): boolean {
  return owner !== null && patchesFor(situation, owner).some(({ path }) => KBUILD.test(path));
}

function patchesFor({ snapshot }: Situation, cpv: string): UserPatch[] {
  return snapshot.portage.userPatches.filter(({ appliesTo }) => appliesTo.includes(cpv));
}

/** Do the sources of a tree hold AUFS itself, or will they once its package is built again? */
export function holdsAufs(situation: Situation, tree: Tree): boolean {
  return tree.patch.components.kbuild.state === 'present' || takesKbuild(situation, tree);
}
