import { builtTree, DAY, inSync, kernelOf, OLD_SET, releaseFor } from '../../src/demo/in-sync.ts';
import type { Machine } from '../../src/demo/machine.ts';
import { plainPackage } from '../../src/demo/package.ts';
import { sourcesPackage } from '../../src/demo/packages.ts';

/** The number on a desktop. */
const PACKAGES = 2000;
const CATEGORIES = 160;
const SUBLEVELS = [187, 188, 189, 190];

/** A machine of 2,000 packages in 160 categories and six kernel trees, each with its modules. */
export function largeMachine(now: number): Machine {
  const base = inSync(now);
  const kernels = SUBLEVELS.map((sublevel, n) =>
    kernelOf(`6.1.${sublevel}`, 1, now - (100 + n) * DAY, OLD_SET),
  );
  const others = Array.from({ length: PACKAGES - base.packages.length - kernels.length }, (_, n) => ({
    ...plainPackage(`cat-${n % CATEGORIES}`, `package${n}`, '1.0', now - 200 * DAY),
    counter: 0,
  }));
  const sources = kernels.map(({ version }, n) => sourcesPackage(version, now - (101 + n) * DAY, 0));
  return {
    ...base,
    packages: [...base.packages, ...sources, ...others],
    trees: [...base.trees, ...kernels.map((kernel) => builtTree(kernel, kernel.at - DAY))],
    releases: [...base.releases, ...kernels.map(releaseFor)],
  };
}
