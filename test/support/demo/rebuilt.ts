import type { Build } from '../../../src/demo/kernel.ts';
import type { Package } from '../../../src/demo/package.ts';

/** The package as `emerge @module-rebuild` builds it against a kernel, to be merged at `at`. */
export function rebuiltPackage(pkg: Package, against: Build, at: number): Package {
  return {
    ...pkg,
    mergedAt: at,
    modules: pkg.modules.map((file) => ({ ...file, at, module: { ...file.module, against } })),
  };
}
