import type { Disk } from './disk.ts';
import { type Build, releaseOf } from './kernel.ts';
import { type KernelModule, moduleFile } from './module.ts';
import { inTreeModules } from './modules-in-tree.ts';
import { type PlacedModule, placedPath, writePlaced } from './placed-module.ts';

/** /lib/modules/RELEASE without the modules that packages own, as plain data. */
export interface ReleaseDirectory {
  /** The kernel whose `make modules_install` wrote it. */
  readonly kernel: Build;
  readonly installedAt: number;
  /** The targets of `build` and `source`; null: no such link. */
  readonly build: string | null;
  readonly source: string | null;
  /** The target of `vmlinuz`, which distribution kernels have; null: no such link. */
  readonly vmlinuz: string | null;
  /** modules.dep. `due`: it is older than the out-of-tree modules, and does not list them. */
  readonly depmod: 'fresh' | 'due' | 'missing';
  /** Modules that no package owns: left over from a removed package, or made by hand. */
  readonly unowned: readonly PlacedModule[];
}

const SECOND = 1000;

/** Writes one directory of modules, including `owned`, the modules of packages. */
export function writeRelease(disk: Disk, release: ReleaseDirectory, owned: readonly PlacedModule[]): void {
  const directory = releaseDirectory(release);
  const at = release.installedAt;
  for (const { path, module } of inTreeModules(release.kernel, 'm')) {
    disk.file(`${directory}/${path}`, moduleFile(module), at);
  }
  disk.file(`${directory}/modules.order`, lines(release.kernel, 'm'), at);
  disk.file(`${directory}/modules.builtin`, lines(release.kernel, 'y'), at);
  disk.file(`${directory}/modules.builtin.modinfo`, builtinModinfo(release.kernel), at);
  if (release.build !== null) disk.link(`${directory}/build`, release.build, at);
  if (release.vmlinuz !== null) disk.link(`${directory}/vmlinuz`, release.vmlinuz, at);
  if (release.source !== null) disk.link(`${directory}/source`, release.source, at);
  const others = [...owned, ...release.unowned];
  for (const file of others) writePlaced(disk, file);
  if (release.depmod !== 'missing') {
    const newest = Math.max(at, ...others.map((file) => file.at));
    runDepmod(
      disk,
      release,
      release.depmod === 'fresh' ? others : [],
      release.depmod === 'fresh' ? newest : at,
    );
  }
}

export function releaseDirectory(release: ReleaseDirectory): string {
  return `/lib/modules/${releaseOf(release.kernel)}`;
}

/** Writes modules.dep with the kernel's own modules and `others`, as if depmod ran a second after `at`. */
export function runDepmod(
  disk: Disk,
  release: ReleaseDirectory,
  others: readonly PlacedModule[],
  at: number,
): void {
  const directory = releaseDirectory(release);
  const all = [
    ...inTreeModules(release.kernel, 'm'),
    ...others.map((file) => ({
      path: placedPath(file).slice(directory.length + 1),
      module: file.module,
    })),
  ];
  const entries = all.map(
    ({ path, module }) =>
      `${path}:${closure(module, all)
        .map((needed) => ` ${needed}`)
        .join('')}\n`,
  );
  disk.file(`${directory}/modules.dep`, entries.join(''), at + SECOND);
}

/** Paths of the modules that must be loaded first. */
function closure(module: KernelModule, all: readonly { path: string; module: KernelModule }[]): string[] {
  return module.depends.flatMap((name) => {
    const found = all.find((other) => other.module.name === name);
    return found === undefined ? [] : [found.path, ...closure(found.module, all)];
  });
}

function lines(kernel: Build, how: 'm' | 'y'): string {
  return inTreeModules(kernel, how)
    .map(({ path }) => `${path}\n`)
    .join('');
}

function builtinModinfo(kernel: Build): string {
  return inTreeModules(kernel, 'y')
    .map(({ path, module }) => {
      const file = path.replace(/^kernel\//, '').replace(/\.ko$/, '');
      return `${module.name}.license=${module.license}\0${module.name}.file=${file}\0`;
    })
    .join('');
}
