import type { AppliedPatch, Build } from './kernel.ts';
import { aufsModule, moduleIn, splModule, zfsModule } from './out-of-tree.ts';
import { type Package, plainPackage } from './package.ts';
import { patchText } from './source-text.ts';

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
    iuse: ['apparmor', 'aufs', 'btrfs', '+container-init', 'device-mapper', 'overlay', 'seccomp', 'systemd'],
    use: ['aufs', 'btrfs', 'container-init', 'device-mapper', 'overlay'],
    inherited: ['golang-vcs-snapshot', 'linux-info', 'systemd', 'udev'],
    counter,
    files: [{ path: '/usr/bin/dockerd', text: 'stand-in for dockerd\n' }],
  };
}

export function aufsUtilPackage(mergedAt: number, counter: number): Package {
  return {
    ...plainPackage('sys-fs', 'aufs-util', '6.1_p20230828', mergedAt),
    repository: 'aufs-overlay',
    description: 'Utilities that are always needed by aufs',
    counter,
    files: [{ path: '/sbin/mount.aufs', text: 'stand-in for mount.aufs\n' }],
  };
}
