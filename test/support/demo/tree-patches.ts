import type { Disk } from '../../../src/demo/disk.ts';
import type { AppliedPatch } from '../../../src/demo/kernel.ts';
import { TOUCHED } from '../../../src/demo/patch-set.ts';
import {
  originalFiles,
  ownFiles,
  type SourceTree,
  type TreePatch,
  treePath,
} from '../../../src/demo/tree.ts';
import type { PatchComponent } from '../../../src/model/patch-component.ts';

/** The patches that a kernel has which is compiled from the tree in its present state. */
export function patchInEffect(tree: SourceTree): AppliedPatch | null {
  if (tree.patch === null || tree.patch.reverted) return null;
  return { set: tree.patch.set, parts: tree.patch.parts };
}

/**
 * Restores original files: all of the package, as a merge of the same sources does, or those that `parts` change, as a
 * reverse patch does. Files that no package owns stay.
 */
export function restoreOriginals(
  disk: Disk,
  tree: SourceTree,
  at: number,
  parts?: readonly PatchComponent[],
): void {
  const touched = new Set(TOUCHED.filter((file) => parts?.includes(file.component)).map((file) => file.path));
  for (const file of originalFiles(tree)) {
    if (parts === undefined || touched.has(file.path))
      disk.replace(`${treePath(tree)}/${file.path}`, file.text, at);
  }
}

/** Removes the files that the patch created and no package owns, as a reverse patch does. */
export function removeBrought(disk: Disk, tree: SourceTree, patch: TreePatch, at: number): void {
  const path = treePath(tree);
  const brought = TOUCHED.filter((file) => file.isNew && patch.parts.includes(file.component));
  for (const file of [...brought, ...ownFiles(patch)]) disk.remove(`${path}/${file.path}`, at);
  for (const rejected of patch.rejected) disk.remove(`${path}/${rejected}.rej`, at);
}
