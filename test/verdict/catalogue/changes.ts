import { HOUR, inSync, kernelOf, NEW_SET } from '../../../src/demo/in-sync.ts';
import type { Build } from '../../../src/demo/kernel.ts';
import type { Machine } from '../../../src/demo/machine.ts';
import type { Package } from '../../../src/demo/package.ts';
import type { SourceTree } from '../../../src/demo/tree.ts';
import { boot } from '../../support/demo/act-kernel.ts';
import { rebuiltPackage } from '../../support/demo/rebuilt.ts';
import { NOW } from '../../support/machines.ts';

/** Changes of the demonstration machine that the cases share. */

export const IN_SYNC: Machine = inSync(NOW);
export const TREE = '/usr/src/linux-6.1.192-gentoo';
export const MODULES = '/lib/modules/6.1.192-gentoo';

/** Changes the tree of 6.1.192. */
export function withTree(change: Partial<SourceTree>, machine: Machine = IN_SYNC): Machine {
  const trees = machine.trees.map((tree) => (tree.version === '6.1.192' ? { ...tree, ...change } : tree));
  return { ...machine, trees };
}

export function withOptions(options: Record<string, string>, machine: Machine = IN_SYNC): Machine {
  const config = machine.trees[0]?.config;
  return withTree(
    { config: { at: config?.at ?? NOW, options: { ...config?.options, ...options } } },
    machine,
  );
}

export function withPackage(name: string, change: Partial<Package>, machine: Machine = IN_SYNC): Machine {
  const packages = machine.packages.map((pkg) => (pkg.name === name ? { ...pkg, ...change } : pkg));
  return { ...machine, packages };
}

export function withoutPackage(name: string, machine: Machine = IN_SYNC): Machine {
  return { ...machine, packages: machine.packages.filter((pkg) => pkg.name !== name) };
}

export function withoutRunning(machine: Machine): Machine {
  return { ...machine, running: null };
}

/** Docker is set to one driver, which has data. */
export function withDriver(driver: string, machine: Machine = IN_SYNC): Machine {
  const daemonJson = `{ "storage-driver": "${driver}" }\n`;
  return { ...machine, docker: machine.docker && { ...machine.docker, daemonJson, drivers: [driver] } };
}

/** A module package that was built elsewhere, against a kernel of the same release with other structures. */
export function builtElsewhere(name: string, machine: Machine = IN_SYNC): Machine {
  const elsewhere: Build = kernelOf('6.1.192', 1, NOW - 30 * HOUR, NEW_SET);
  const packages = machine.packages.map((pkg) =>
    pkg.name === name ? rebuiltPackage(pkg, elsewhere, NOW - HOUR) : pkg,
  );
  return { ...machine, packages };
}

/** The kernel of 6.1.192 was compiled without any patch. */
export function neverPatched(): Machine {
  const kernel = kernelOf('6.1.192', 3, NOW - 24 * 24 * HOUR, null);
  return withTree({
    patch: null,
    build: { kernel, state: 'complete', output: null, duration: HOUR / 3 },
  });
}

/** Returns a change that boots a written machine into the image with this name. */
export function bootedInto(machine: Machine, image = 'vmlinuz-6.1.192-gentoo'): (root: string) => void {
  return (root) => {
    boot(root, machine, image, NOW - HOUR / 2);
  };
}
