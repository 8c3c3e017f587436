import { imageNameOf } from '../../../src/demo/boot.ts';
import {
  builtTree,
  DAY,
  HOUR,
  inSync,
  kernelOf,
  mergedEntry,
  OLD_SET,
  releaseFor,
} from '../../../src/demo/in-sync.ts';
import { type AppliedPatch, type Build, DEFAULT_OPTIONS, releaseOf } from '../../../src/demo/kernel.ts';
import type { Machine } from '../../../src/demo/machine.ts';
import { inTreeModules } from '../../../src/demo/modules-in-tree.ts';
import { splModule, zfsModule } from '../../../src/demo/out-of-tree.ts';
import type { Package } from '../../../src/demo/package.ts';
import { aufsUtilPackage, dockerPackage, sourcesPackage, zfsPackage } from '../../../src/demo/packages.ts';
import type { ReleaseDirectory } from '../../../src/demo/release.ts';
import { patchText } from '../../../src/demo/source-text.ts';
import { type SourceTree, treePath } from '../../../src/demo/tree.ts';
import { PATCH_COMPONENTS } from '../../../src/model/patch-component.ts';

/** The complete set, with which a tree builds aufs itself. */
const WHOLE_SET: AppliedPatch = { set: OLD_SET.set, parts: PATCH_COMPONENTS };

/** sys-kernel/aufs-sources: patched by Portage, aufs is one of the kernel's own modules. */
export function aufsSources(now: number): Machine {
  const kernel: Build = {
    ...kernelOf('6.1.192', 2, now - 24 * DAY, WHOLE_SET),
    extraversion: '-aufs',
    config: { ...DEFAULT_OPTIONS, AUFS_FS: 'm' },
  };
  const mergedAt = now - 26 * DAY;
  const pkg: Package = {
    ...sourcesPackage('6.1.192', mergedAt, 4),
    name: 'aufs-sources',
    repository: 'aufs-overlay',
  };
  const built = builtTree(kernel, mergedAt);
  const tree: SourceTree = {
    ...built,
    owner: 'sys-kernel/aufs-sources-6.1.192',
    patch: { ...WHOLE_SET, at: mergedAt, rejected: [], reverted: false },
  };
  return oneKernel(inSync(now), tree, releaseFor(kernel), pkg);
}

/** sys-kernel/gentoo-kernel with user patches: the package compiles it and installs a stripped tree. */
export function distributionKernel(now: number): Machine {
  const kernel: Build = {
    ...kernelOf('6.1.192', 1, now - 24 * DAY, WHOLE_SET),
    extraversion: '-gentoo-dist',
    config: { ...DEFAULT_OPTIONS, AUFS_FS: 'm', LOCALVERSION: '"-gentoo-dist"', MODULE_SIG: 'y' },
  };
  const mergedAt = now - 24 * DAY + HOUR / 2;
  const pkg: Package = {
    ...sourcesPackage('6.1.192', mergedAt, 4),
    name: 'gentoo-kernel',
    description: 'Linux kernel built with Gentoo patches',
    iuse: ['debug', '+initramfs', 'modules-sign'],
    use: ['initramfs'],
    inherited: ['dist-kernel-utils', 'kernel-build', 'kernel-install', 'toolchain-funcs'],
  };
  const tree: SourceTree = {
    ...builtTree(kernel, mergedAt),
    kind: 'distribution',
    owner: 'sys-kernel/gentoo-kernel-6.1.192',
  };
  const release = { ...releaseFor(kernel), vmlinuz: `${treePath(kernel)}/arch/x86/boot/bzImage` };
  const patches = '/etc/portage/patches/sys-kernel/gentoo-kernel';
  return {
    ...oneKernel(inSync(now), tree, release, pkg),
    files: Object.fromEntries(
      PATCH_COMPONENTS.map((part) => [`${patches}/aufs6-${part}.patch`, patchText(part)]),
    ),
  };
}

/** Compiled with O=: sources and products are in different directories. */
export function separateBuild(now: number): Machine {
  const output = '/var/tmp/kernel-build';
  const machine = inSync(now);
  return {
    ...machine,
    trees: machine.trees.map((tree) =>
      tree.version === '6.1.192' && tree.build !== null
        ? { ...tree, build: { ...tree.build, output } }
        : tree,
    ),
    releases: machine.releases.map((release) =>
      release.kernel.version === '6.1.192' ? { ...release, build: output } : release,
    ),
  };
}

/** The machine with this one tree and its kernel in place of all others. */
function oneKernel(base: Machine, tree: SourceTree, release: ReleaseDirectory, sources: Package): Machine {
  const { kernel } = release;
  const { now } = base;
  const packages = [
    dockerPackage('23.0.6', now - 60 * DAY, 2),
    sources,
    aufsUtilPackage(now - 25 * DAY, 5),
    zfsPackage(kernel, now - 24 * DAY + 2 * HOUR, 7),
  ];
  const aufs = inTreeModules(kernel, 'm').filter(({ module }) => module.name === 'aufs');
  const loaded = [...aufs.map(({ module }) => module), splModule(kernel), zfsModule(kernel)];
  const at = kernel.at + HOUR / 4;
  return {
    ...base,
    packages,
    trees: [tree],
    selected: { target: `linux-${releaseOf(kernel)}`, at: tree.mergedAt },
    boot: { images: [{ name: imageNameOf(kernel), kernel, at }], links: {} },
    releases: [release],
    running: base.running && {
      ...base.running,
      kernel,
      commandLine: `BOOT_IMAGE=/${imageNameOf(kernel)} root=/dev/sda3 ro quiet`,
      loaded: loaded.map((module) => ({ module, uses: 0 })),
    },
    log: [...packages.map(mergedEntry), { what: 'kernel-installed', release: releaseOf(kernel), at }],
  };
}
