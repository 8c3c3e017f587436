import { imageNameOf } from './boot.ts';
import { type AppliedPatch, type Build, DEFAULT_OPTIONS, releaseOf } from './kernel.ts';
import type { LogEntry } from './logs.ts';
import type { Machine } from './machine.ts';
import { type KernelModule, plainModule } from './module.ts';
import type { MountedFilesystem } from './mounts.ts';
import { cpvOf, type Package, type PackageModule, plainPackage } from './package.ts';
import { exportsOfPatch } from './patch-set.ts';
import type { ReleaseDirectory } from './release.ts';
import { patchText } from './source-text.ts';
import { MODULE_PARTS, type SourceTree, treePath } from './tree.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** The two patch sets of the story: the one that the machine ran with, and the one that came today. */
export const OLD_SET: AppliedPatch = { set: '6.1-20230828', parts: MODULE_PARTS };
export const NEW_SET: AppliedPatch = { set: '6.1-20240701', parts: MODULE_PARTS };

/**
 * A machine where all links hold: sources patched, compiled, installed, running, and modules that fit. An older
 * kernel is still there with its modules.
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
        { module: aufs, uses: 1, outOfTree: true },
        { module: splModule(kernel), uses: 1, outOfTree: true },
        { module: zfsModule(kernel), uses: 0, outOfTree: true },
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

/**
 * The story: AUFS was emerged again today, from a binary package that was built against a kernel of the very same
 * release with the new patch set, and its pkg_setup patched the sources of this machine again. Nobody compiled
 * the kernel. All still works, with the old module in memory, until the next boot: the image has the old
 * structures, and the kernel will refuse the new module for its CRC of module_layout.
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
        ? { ...tree, patch: { ...NEW_SET, at: at - HOUR / 60, rejected: [] } }
        : tree,
    ),
    log: [...before.log, { ...mergedEntry(merged), replaces: old === undefined ? null : cpvOf(old) }],
  };
}

/** A kernel of the demonstration. */
export function kernelOf(version: string, number: number, at: number, patch: AppliedPatch | null): Build {
  return { version, extraversion: '-gentoo', number, at, patch, config: DEFAULT_OPTIONS };
}

/** A tree that was patched as the kernel is, and then compiled into it. */
export function builtTree(kernel: Build, mergedAt: number): SourceTree {
  return {
    kind: 'sources',
    version: kernel.version,
    extraversion: kernel.extraversion,
    owner: `sys-kernel/gentoo-sources-${kernel.version}`,
    mergedAt,
    patch: kernel.patch === null ? null : { ...kernel.patch, at: kernel.at - HOUR, rejected: [] },
    config: { options: kernel.config, at: mergedAt + HOUR / 4 },
    build: { kernel, state: 'complete', output: null },
  };
}

/** /lib/modules/RELEASE as `make modules_install` of the kernel leaves it. */
export function releaseFor(kernel: Build): ReleaseDirectory {
  const tree = treePath(kernel);
  return {
    kernel,
    installedAt: kernel.at + HOUR / 6,
    build: tree,
    source: tree,
    depmod: 'fresh',
    unowned: [],
  };
}

/** The out-of-tree aufs module of a patch set, compiled against a kernel. */
export function aufsModule(patch: AppliedPatch, against: Build): KernelModule {
  return {
    ...plainModule('aufs', against),
    version: patch.set,
    description: 'aufs -- Advanced multi layered unification filesystem',
    imports: [
      '__fentry__',
      '_printk',
      'd_path',
      'dput',
      'fput',
      'iput',
      'kern_path',
      'kfree',
      'register_filesystem',
      ...exportsOfPatch(MODULE_PARTS),
    ],
  };
}

export function splModule(against: Build): KernelModule {
  return {
    ...plainModule('spl', against),
    version: '2.2.7-r0-gentoo',
    description: 'Solaris Porting Layer',
    exports: [
      { name: 'spl_kmem_alloc', gplOnly: false },
      { name: 'spl_kmem_free', gplOnly: false },
    ],
  };
}

export function zfsModule(against: Build): KernelModule {
  return {
    ...plainModule('zfs', against),
    version: '2.2.7-r0-gentoo',
    license: 'CDDL',
    description: 'ZFS',
    depends: ['spl'],
    imports: ['__fentry__', '_printk', 'iput', 'register_filesystem', 'spl_kmem_alloc', 'spl_kmem_free'],
  };
}

/** The package that patches the kernel sources and builds the module: an overlay's sys-fs/aufs6. */
export function aufsPackage(patch: AppliedPatch, against: Build, mergedAt: number, counter: number): Package {
  const version = `0_pre${patch.set.split('-')[1]}`;
  const documentation = `/usr/share/doc/aufs6-${version}`;
  return {
    ...plainPackage('sys-fs', 'aufs6', version, mergedAt),
    repository: 'aufs-overlay',
    description: 'An entirely re-designed and re-implemented Unionfs',
    iuse: ['debug', 'doc', '+kernel-patch'],
    use: ['kernel-patch'],
    inherited: ['linux-info', 'linux-mod-r1', 'toolchain-funcs'],
    counter,
    files: patch.parts.map((part) => ({
      path: `${documentation}/aufs6-${part}.patch`,
      text: patchText(part),
    })),
    modules: [moduleIn('misc', aufsModule(patch, against), mergedAt)],
  };
}

export function zfsPackage(against: Build, mergedAt: number, counter: number): Package {
  return {
    ...plainPackage('sys-fs', 'zfs-kmod', '2.2.7', mergedAt),
    slot: '0/2.2.7',
    description: 'Linux ZFS kernel module for sys-fs/zfs',
    license: 'CDDL',
    iuse: ['custom-cflags', 'debug', '+rootfs'],
    use: ['rootfs'],
    inherited: ['dist-kernel-utils', 'flag-o-matic', 'linux-mod-r1'],
    counter,
    modules: [
      moduleIn('extra', splModule(against), mergedAt),
      moduleIn('extra', zfsModule(against), mergedAt),
    ],
  };
}

export function sourcesPackage(version: string, mergedAt: number, counter: number): Package {
  return {
    ...plainPackage('sys-kernel', 'gentoo-sources', version, mergedAt),
    slot: version,
    description: 'Full sources including the Gentoo patchset for the kernel tree',
    iuse: ['build', 'experimental', 'symlink'],
    use: ['symlink'],
    inherited: ['estack', 'toolchain-funcs', 'kernel-2'],
    counter,
  };
}

export function dockerPackage(version: string, mergedAt: number, counter: number): Package {
  return {
    ...plainPackage('app-containers', 'docker', version, mergedAt),
    description: 'The core functions you need to create Docker images and run Docker containers',
    license: 'Apache-2.0',
    iuse: ['apparmor', 'aufs', 'btrfs', '+overlay', 'systemd'],
    use: ['aufs', 'overlay'],
    inherited: ['golang-vcs-snapshot', 'linux-info', 'systemd', 'udev'],
    counter,
    files: [{ path: '/usr/bin/dockerd', text: 'stand-in for dockerd\n' }],
  };
}

export function moduleIn(folder: string, module: KernelModule, at: number): PackageModule {
  return { folder, module, at, compression: 'none' };
}

function aufsUtilPackage(mergedAt: number, counter: number): Package {
  return {
    ...plainPackage('sys-fs', 'aufs-util', '6.1_p20230828', mergedAt),
    repository: 'aufs-overlay',
    description: 'Utilities that are always needed by aufs',
    counter,
    files: [{ path: '/sbin/mount.aufs', text: 'stand-in for mount.aufs\n' }],
  };
}

function mergedEntry(pkg: Package): Extract<LogEntry, { what: 'merged' }> {
  return { what: 'merged', cpv: cpvOf(pkg), at: pkg.mergedAt, binary: pkg.binary, replaces: null };
}

const MOUNTS: readonly MountedFilesystem[] = [
  { source: '/dev/sda3', point: '/', type: 'ext4', options: 'rw' },
  { source: 'proc', point: '/proc', type: 'proc', options: 'rw' },
  { source: 'sysfs', point: '/sys', type: 'sysfs', options: 'rw' },
  { source: '/dev/sda1', point: '/boot', type: 'ext4', options: 'rw' },
  { source: '/dev/sda4', point: '/var/lib/docker', type: 'ext4', options: 'rw' },
];
