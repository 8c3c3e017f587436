import { HOUR, inSync, kernelOf, mergedEntry, NEW_SET } from './in-sync.ts';
import type { Machine } from './machine.ts';
import { cpvOf, type Package } from './package.ts';
import { aufsPackage } from './packages.ts';

/**
 * The story: AUFS was emerged again today, from a binary package that was built against a kernel of the same release
 * with the new patch set, and its pkg_setup patched the sources of this machine again. The kernel was not compiled
 * again. Everything works with the old module in memory until the next boot: the image has the old structures, so
 * the kernel will refuse the new module because of its CRC of module_layout.
 */
export function patchedAgainNotRebuilt(now: number): Machine {
  const before = inSync(now);
  const at = now - 5 * HOUR;
  const elsewhere = kernelOf('6.1.192', 1, now - 30 * HOUR, NEW_SET);
  const merged: Package = { ...aufsPackage(NEW_SET, elsewhere, at, 8), binary: true };
  const old = before.packages.find((pkg) => pkg.name === merged.name);
  return {
    ...before,
    packages: [...before.packages.filter((pkg) => pkg !== old), merged],
    trees: before.trees.map((tree) =>
      tree.version === '6.1.192'
        ? { ...tree, patch: { ...NEW_SET, at: at - HOUR / 60, rejected: [], reverted: false } }
        : tree,
    ),
    log: [...before.log, { ...mergedEntry(merged), replaces: old === undefined ? null : cpvOf(old) }],
  };
}
