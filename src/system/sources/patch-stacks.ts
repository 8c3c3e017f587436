import { dirname } from 'node:path';
import { PATCH_COMPONENTS } from '../../model/patch-component.ts';
import type { PatchAtHand } from './patch-files.ts';

/** The patches of one set, in the order of application. A patch with a whole set is a stack of its own. */
export interface PatchStack {
  /** The directory of the set, or its file. */
  readonly path: string;
  readonly branch: string | null;
  readonly patches: readonly PatchAtHand[];
}

/** Groups the patches at hand by set. */
export function stacksOf(patches: readonly PatchAtHand[]): readonly PatchStack[] {
  const stacks = new Map<string, PatchStack>();
  for (const patch of patches) {
    const { branch, component } = patch;
    const path = component === null ? patch.path : dirname(patch.path);
    const key = `${path} ${branch}`;
    stacks.set(key, { path, branch, patches: [...(stacks.get(key)?.patches ?? []), patch] });
  }
  const order = ({ component }: PatchAtHand) =>
    component === null ? 0 : PATCH_COMPONENTS.indexOf(component);
  return [...stacks.values()].map((stack) => ({
    ...stack,
    patches: stack.patches.toSorted((a, b) => order(a) - order(b)),
  }));
}
