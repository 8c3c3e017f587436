export const PATCH_COMPONENTS = ['kbuild', 'base', 'mmap', 'standalone'] as const;
/** A patch of the set. `mmap` takes in what series before 3.8 call proc_map. */
export type PatchComponent = (typeof PATCH_COMPONENTS)[number];
