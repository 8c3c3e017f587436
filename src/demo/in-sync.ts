import { imageNameOf } from './boot.ts';
import { type AppliedPatch, type Build, DEFAULT_OPTIONS, releaseOf } from './kernel.ts';
import type { LogEntry } from './logs.ts';
import type { Machine } from './machine.ts';
import type { MountedFilesystem } from './mounts.ts';
import { aufsModule, moduleIn, splModule, zfsModule } from './out-of-tree.ts';
import { cpvOf, type Package, plainPackage } from './package.ts';
import { aufsPackage, aufsUtilPackage, dockerPackage, sourcesPackage, zfsPackage } from './packages.ts';
import { MODULE_PARTS } from './patch-set.ts';
import type { ReleaseDirectory } from './release.ts';
import { type SourceTree, treePath } from './tree.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** The two patch sets of the story: the one of the running kernel, and today's. */
export const OLD_SET: AppliedPatch = { set: '6.1-20230828', parts: MODULE_PARTS };
export const NEW_SET: AppliedPatch = { set: '6.1-20240701', parts: MODULE_PARTS };

/**
 * A machine where all links are in order: sources patched, compiled, installed, running, and modules that fit. An older
 * kernel is still installed with its modules.
 */
export function inSync(now: number): Machine {
  const kernel = kernelOf('6.1.192', 3, now - 24 * DAY, OLD_SET);
  const older = kernelOf('6.1.191', 1, now - 62 * DAY, OLD_SET);
  const packages = [
    sourcesPackage('6.1.191', now - 63 * DAY, 1),
    dockerPackage('23.0.6', now - 60 * DAY, 2),
    { ...plainPackage('app-misc', 'hello', '2.12.1', now - 59 * DAY), counter: 3 },
    sourcesPackage('6.1.192', now - 26 * DAY, 4),
    aufsUtilPackage(now - 25 * DAY, 5),
    aufsPackage(OLD_SET, kernel, now - 24 * DAY + HOUR, 6),
    zfsPackage(kernel, now - 24 * DAY + 2 * HOUR, 7),
  ];
  const aufs = aufsModule(OLD_SET, kernel);
  return {
    now,
    vdb: 'classic',
    packages,
    trees: [builtTree(kernel, now - 26 * DAY), builtTree(older, now - 63 * DAY)],
    selected: { target: `linux-${releaseOf(kernel)}`, at: now - 26 * DAY },
    boot: {
      images: [kernel, older].map((build) => ({
        name: imageNameOf(build),
        kernel: build,
        at: build.at + HOUR / 4,
      })),
      links: {},
    },
    releases: [
      releaseFor(kernel),
      { ...releaseFor(older), unowned: [moduleIn('misc', aufsModule(OLD_SET, older), older.at)] },
    ],
    running: {
      kernel,
      bootedAt: now - 24 * DAY + 3 * HOUR,
      commandLine: `BOOT_IMAGE=/${imageNameOf(kernel)} root=/dev/sda3 ro quiet`,
      loaded: [
        { module: aufs, uses: 1 },
        { module: splModule(kernel), uses: 1 },
        { module: zfsModule(kernel), uses: 0 },
      ],
      mounts: [
        ...MOUNTS,
        {
          source: 'none',
          point: '/var/lib/docker/aufs/mnt/5f70bf18a086',
          type: 'aufs',
          options: 'rw,si=8c1e',
        },
      ],
      processes: { 1: ['init [3]'], 2112: ['/usr/bin/dockerd', '-p', '/run/docker.pid'] },
    },
    docker: {
      daemonJson: '{\n  "storage-driver": "aufs"\n}\n',
      confD: '# /etc/conf.d/docker\nDOCKER_OPTS=""\n',
      dropIns: {},
      dataRoot: '/var/lib/docker',
      drivers: ['aufs'],
    },
    fstab: [
      '/dev/sda3\t/\text4\tnoatime\t0 1',
      '/dev/sda1\t/boot\text4\tnoatime\t1 2',
      '/dev/sda4\t/var/lib/docker\text4\tnoatime\t0 2',
      '/dev/sda2\tnone\tswap\tsw\t0 0',
    ],
    log: [
      ...packages.map(mergedEntry),
      ...[kernel, older].map(
        (build): LogEntry => ({
          what: 'kernel-installed',
          release: releaseOf(build),
          at: build.at + HOUR / 4,
        }),
      ),
    ],
    files: {},
    removed: [],
  };
}

/** A kernel of the demonstration. */
export function kernelOf(version: string, number: number, at: number, patch: AppliedPatch | null): Build {
  return { version, extraversion: '-gentoo', number, at, patch, config: DEFAULT_OPTIONS };
}

/** The tree that the kernel was compiled from, with the kernel's patches. */
export function builtTree(kernel: Build, mergedAt: number): SourceTree {
  return {
    kind: 'sources',
    version: kernel.version,
    extraversion: kernel.extraversion,
    owner: `sys-kernel/gentoo-sources-${kernel.version}`,
    mergedAt,
    patch:
      kernel.patch === null ? null : { ...kernel.patch, at: kernel.at - HOUR, rejected: [], reverted: false },
    config: { options: kernel.config, at: mergedAt + HOUR / 4 },
    build: { kernel, state: 'complete', output: null, duration: HOUR / 3 },
  };
}

/** /lib/modules/RELEASE as `make modules_install` of the kernel writes it. */
export function releaseFor(kernel: Build): ReleaseDirectory {
  const tree = treePath(kernel);
  return {
    kernel,
    installedAt: kernel.at + HOUR / 6,
    build: tree,
    source: tree,
    vmlinuz: null,
    depmod: 'fresh',
    unowned: [],
  };
}

export function mergedEntry(pkg: Package): Extract<LogEntry, { what: 'merged' }> {
  return { what: 'merged', cpv: cpvOf(pkg), at: pkg.mergedAt, binary: pkg.binary, replaces: null };
}

const MOUNTS: readonly MountedFilesystem[] = [
  { source: '/dev/sda3', point: '/', type: 'ext4', options: 'rw' },
  { source: 'proc', point: '/proc', type: 'proc', options: 'rw' },
  { source: 'sysfs', point: '/sys', type: 'sysfs', options: 'rw' },
  { source: '/dev/sda1', point: '/boot', type: 'ext4', options: 'rw' },
  { source: '/dev/sda4', point: '/var/lib/docker', type: 'ext4', options: 'rw' },
];
