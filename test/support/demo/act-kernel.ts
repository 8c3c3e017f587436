import { type InstalledImage, imageNameOf, writeImage, writeMenu } from '../../../src/demo/boot.ts';
import { type Build, configText, DEFAULT_OPTIONS, releaseOf } from '../../../src/demo/kernel.ts';
import type { LogEntry } from '../../../src/demo/logs.ts';
import { hasBootMounted, type Machine, ownedModules } from '../../../src/demo/machine.ts';
import { inTreeModules } from '../../../src/demo/modules-in-tree.ts';
import { type ReleaseDirectory, releaseDirectory, writeRelease } from '../../../src/demo/release.ts';
import { type RunningKernel, writeRunning } from '../../../src/demo/running.ts';
import { type SourceTree, treePath } from '../../../src/demo/tree.ts';
import { type BuildProducts, writeBuild } from '../../../src/demo/tree-build.ts';
import { act, treeAt, withTree } from './act.ts';
import { appendLog } from './append-log.ts';
import { loadsOn } from './loads.ts';
import { patchInEffect } from './tree-patches.ts';

/** Compiles a tree as it stands, with the next build number. Returns the machine after it. */
export function buildKernel(directory: string, machine: Machine, path: string, at: number): Machine {
  const tree = treeAt(machine, path);
  const config = tree.config ?? { options: DEFAULT_OPTIONS, at };
  const kernel: Build = {
    version: tree.version,
    extraversion: tree.extraversion,
    number: (tree.build?.kernel.number ?? 0) + 1,
    at,
    patch: patchInEffect(tree),
    config: config.options,
  };
  const build: BuildProducts = { kernel, state: 'complete', output: tree.build?.output ?? null, duration: 0 };
  act(directory, (disk) => {
    if (tree.config === null) disk.file(`${path}/.config`, configText(tree, config.options), config.at);
    writeBuild(disk, path, build, tree.kind === 'distribution');
  });
  return withTree(machine, tree, { ...tree, config, build }, at);
}

/**
 * `make modules_install install`: installs the kernel's own modules again, the image to /boot with the previous one
 * kept as `.old`, and writes a new menu, as sys-kernel/installkernel does with USE=grub. Returns the machine after it.
 */
export function installKernel(directory: string, machine: Machine, path: string, at: number): Machine {
  const kernel = builtKernel(treeAt(machine, path));
  const former = machine.releases.find((release) => releaseOf(release.kernel) === releaseOf(kernel));
  const release: ReleaseDirectory = {
    kernel,
    installedAt: at,
    build: path,
    source: path,
    vmlinuz: former?.vmlinuz ?? null,
    depmod: 'fresh',
    unowned: former?.unowned ?? [],
  };
  const name = imageNameOf(kernel);
  const image: InstalledImage = { name, kernel, at };
  const replaced = machine.boot.images.find((other) => other.name === name);
  const kept = replaced === undefined ? [] : [{ ...replaced, name: `${name}.old` }];
  const images = [
    ...machine.boot.images.filter((other) => other.name !== name && other.name !== `${name}.old`),
    ...kept,
    image,
  ];
  const entry: LogEntry = { what: 'kernel-installed', release: releaseOf(kernel), at };
  act(directory, (disk) => {
    disk.remove(`${releaseDirectory(release)}/kernel`, at);
    writeRelease(disk, release, ownedModules(machine.packages, release));
    for (const old of kept) writeImage(disk, old);
    writeImage(disk, image);
    writeMenu(disk, { ...machine.boot, images }, hasBootMounted(machine));
    appendLog(disk, entry);
  });
  return {
    ...machine,
    now: at,
    boot: { ...machine.boot, images },
    releases: [...machine.releases.filter((other) => other !== former), release],
    log: [...machine.log, entry],
  };
}

/**
 * Boots the image of this name: proc and sys then belong to the new kernel, aufs and out-of-tree modules are loaded if
 * it accepts them, and mounts of aufs exist only if aufs is loaded. Returns the machine after it.
 */
export function boot(directory: string, machine: Machine, imageName: string, at: number): Machine {
  const image = machine.boot.images.find((candidate) => candidate.name === imageName);
  if (image === undefined) throw new Error(`no image /boot/${imageName} in this demonstration`);
  const { kernel } = image;
  const here = machine.releases.find((release) => releaseOf(release.kernel) === releaseOf(kernel));
  const there = here === undefined ? [] : [...ownedModules(machine.packages, here), ...here.unowned];
  const inTree = inTreeModules(kernel, 'm').map(({ module }) => module);
  const candidates = [...there.map(({ module }) => module), ...inTree.filter(({ name }) => name === 'aufs')];
  const loaded = candidates
    .filter((module) => loadsOn(module, kernel, candidates))
    .map((module) => ({ module, uses: 0 }));
  const hasAufs = kernel.config.AUFS_FS === 'y' || loaded.some(({ module }) => module.name === 'aufs');
  const running: RunningKernel = {
    kernel,
    bootedAt: at,
    commandLine: `BOOT_IMAGE=/${imageName} root=/dev/sda3 ro quiet`,
    loaded,
    mounts: (machine.running?.mounts ?? []).filter((mount) => mount.type !== 'aufs' || hasAufs),
    processes: machine.running?.processes ?? {},
  };
  act(directory, (disk) => {
    disk.remove('/proc', at);
    disk.remove('/sys', at);
    writeRunning(disk, running);
  });
  return { ...machine, now: at, running };
}

/** Points /usr/src/linux at another tree, as `eselect kernel set` does. Returns the machine after it. */
export function selectTree(directory: string, machine: Machine, path: string, at: number): Machine {
  const target = treePath(treeAt(machine, path)).replace('/usr/src/', '');
  act(directory, (disk) => disk.link('/usr/src/linux', target, at));
  return { ...machine, now: at, selected: { target, at } };
}

/** The kernel that is built in a tree; throws if there is none. */
export function builtKernel(tree: SourceTree): Build {
  if (tree.build?.state !== 'complete') throw new Error(`${treePath(tree)} has not been built`);
  return tree.build.kernel;
}
