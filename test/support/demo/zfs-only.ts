import { imageNameOf } from '../../../src/demo/boot.ts';
import {
  builtTree,
  DAY,
  HOUR,
  inSync,
  kernelOf,
  mergedEntry,
  releaseFor,
} from '../../../src/demo/in-sync.ts';
import type { Machine } from '../../../src/demo/machine.ts';
import { splModule, zfsModule } from '../../../src/demo/out-of-tree.ts';
import { sourcesPackage, zfsPackage } from '../../../src/demo/packages.ts';

/**
 * A machine with ZFS and without any trace of AUFS. A new kernel was compiled and installed yesterday, and the modules of
 * zfs-kmod were not built for it. README.md shows it.
 */
export function zfsOnly(now: number): Machine {
  const before = inSync(now);
  const old = kernelOf('6.1.192', 3, now - 24 * DAY, null);
  const next = kernelOf('6.1.193', 1, now - 28 * HOUR, null);
  const kernels = [next, old];
  const packages = [
    sourcesPackage('6.1.192', now - 26 * DAY, 1),
    zfsPackage(old, now - 24 * DAY + 2 * HOUR, 2),
    sourcesPackage('6.1.193', now - 30 * HOUR, 3),
  ];
  return {
    ...before,
    packages,
    trees: [builtTree(next, now - 30 * HOUR), builtTree(old, now - 26 * DAY)],
    selected: { target: 'linux-6.1.193-gentoo', at: now - 30 * HOUR },
    boot: {
      images: kernels.map((kernel) => ({ name: imageNameOf(kernel), kernel, at: kernel.at + HOUR / 4 })),
      links: {},
    },
    releases: kernels.map(releaseFor),
    running: before.running && {
      ...before.running,
      kernel: old,
      commandLine: `BOOT_IMAGE=/${imageNameOf(old)} root=/dev/sda3 ro quiet`,
      loaded: [splModule(old), zfsModule(old)].map((module) => ({ module, uses: 1 })),
      mounts: before.running.mounts.filter(({ type }) => type !== 'aufs'),
      processes: { 1: ['init [3]'] },
    },
    docker: null,
    log: packages.map(mergedEntry),
  };
}
