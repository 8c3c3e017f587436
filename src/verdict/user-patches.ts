import type { UserPatch } from '../model/portage.ts';
import type { Tree } from '../model/tree.ts';
import type { Situation } from './situation.ts';

/** What Portage applies by itself whenever a package is built: /etc/portage/patches (portage(5)). */

/** What lets the kernel build AUFS itself: `aufs6-kbuild.patch` in aufs-standalone, for fs/Kconfig and fs/Makefile. */
const KBUILD = /\/[^/]*aufs[^/]*kbuild[^/]*$/i;

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
