import { DAY, HOUR, inSync, kernelOf, mergedEntry, NEW_SET, OLD_SET } from '../../../src/demo/in-sync.ts';
import type { Build } from '../../../src/demo/kernel.ts';
import type { Machine } from '../../../src/demo/machine.ts';
import { cpvOf } from '../../../src/demo/package.ts';
import { patchedAgainNotRebuilt } from '../../../src/demo/story.ts';
import { type SourceTree, treePath } from '../../../src/demo/tree.ts';
import { rebuiltPackage } from './rebuilt.ts';
import { aufsSources, distributionKernel, separateBuild } from './routes.ts';

/**
 * Every scenario by its name: the story, a machine in sync, machines that are in sync in another way, and then those
 * that are one step away from in-sync.
 */
export const SCENARIOS = {
  story: patchedAgainNotRebuilt,
  'in-sync': inSync,
  'aufs-sources': aufsSources,
  'distribution-kernel': distributionKernel,
  'separate-build': separateBuild,
  'never-built': (now) => withSelected(inSync(now), (tree) => ({ ...tree, build: null })),
  unpatched: (now) => mergedSourcesAgain(inSync(now)),
  'half-patched': (now) => halfPatched(inSync(now)),
  'not-installed': (now) => rebuiltOnly(inSync(now)),
  'reboot-pending': (now) => rebootPending(inSync(now)),
  'module-missing': (now) => ({ ...inSync(now), removed: [AUFS_FILE] }),
  'module-will-not-load': (now) => moduleForOtherLayout(inSync(now)),
  'depmod-due': (now) => withReleases(inSync(now), 'due'),
  'boot-not-mounted': (now) => bootNotMounted(inSync(now)),
  'config-changed': (now) => configChanged(inSync(now)),
  'link-dangling': (now) => ({ ...inSync(now), selected: { target: 'linux-6.1.193-gentoo', at: now - DAY } }),
  chroot: (now) => ({ ...inSync(now), running: null }),
} as const satisfies Readonly<Record<string, (now: number) => Machine>>;

export type ScenarioName = keyof typeof SCENARIOS;

const AUFS_FILE = '/lib/modules/6.1.192-gentoo/misc/aufs.ko';

/** The tree that /usr/src/linux selects, changed. */
function withSelected(machine: Machine, change: (tree: SourceTree) => SourceTree): Machine {
  const path = `/usr/src/${machine.selected?.target}`;
  return { ...machine, trees: machine.trees.map((tree) => (treePath(tree) === path ? change(tree) : tree)) };
}

/** The same kernel sources were merged again today: the originals are back, without a message. */
function mergedSourcesAgain(machine: Machine): Machine {
  const at = machine.now - 2 * HOUR;
  const cpv = 'sys-kernel/gentoo-sources-6.1.192';
  const packages = machine.packages.map((pkg) =>
    cpvOf(pkg) === cpv ? { ...pkg, mergedAt: at, counter: 8 } : pkg,
  );
  const merged = packages.filter((pkg) => cpvOf(pkg) === cpv);
  return {
    ...withSelected(machine, (tree) => ({
      ...tree,
      mergedAt: at,
      patch: tree.patch === null ? null : { ...tree.patch, reverted: true },
    })),
    packages,
    log: [...machine.log, ...merged.map((pkg) => ({ ...mergedEntry(pkg), replaces: cpv }))],
  };
}

/** Patched today with a set whose hunk for mm/mmap.c does not fit this point release. */
function halfPatched(machine: Machine): Machine {
  const patch = { ...NEW_SET, at: machine.now - 2 * HOUR, rejected: ['mm/mmap.c'], reverted: false };
  return withSelected(machine, (tree) => ({ ...tree, patch }));
}

/** The next compilation of the selected tree in its present state, three hours ago. */
function nextBuild(machine: Machine): Build {
  return kernelOf('6.1.192', 4, machine.now - 3 * HOUR, OLD_SET);
}

/** Compiled again, and nothing more. */
function rebuiltOnly(machine: Machine): Machine {
  const kernel = nextBuild(machine);
  return withSelected(machine, (tree) => ({
    ...tree,
    build: { kernel, state: 'complete', output: null, duration: HOUR / 3 },
  }));
}

/** Compiled again, installed, modules rebuilt: only the reboot is missing. */
function rebootPending(machine: Machine): Machine {
  const kernel = nextBuild(machine);
  const at = kernel.at + HOUR / 4;
  return {
    ...rebuiltOnly(machine),
    packages: machine.packages.map((pkg) => (pkg.modules.length > 0 ? rebuiltPackage(pkg, kernel, at) : pkg)),
    boot: {
      ...machine.boot,
      images: machine.boot.images.map((image) =>
        image.kernel.version === '6.1.192' ? { ...image, kernel, at } : image,
      ),
    },
    releases: machine.releases.map((release) =>
      release.kernel.version === '6.1.192' ? { ...release, kernel, installedAt: at } : release,
    ),
  };
}

/** A module that was built against a kernel of the same release with other structures. */
function moduleForOtherLayout(machine: Machine): Machine {
  const at = machine.now - HOUR;
  const elsewhere = kernelOf('6.1.192', 1, machine.now - 30 * HOUR, NEW_SET);
  return {
    ...machine,
    packages: machine.packages.map((pkg) =>
      pkg.name === 'aufs6' ? rebuiltPackage(pkg, elsewhere, at) : pkg,
    ),
  };
}

function withReleases(machine: Machine, depmod: 'due' | 'missing'): Machine {
  return { ...machine, releases: machine.releases.map((release) => ({ ...release, depmod })) };
}

/** /boot is a separate file system that is mounted only while a kernel is installed. */
function bootNotMounted(machine: Machine): Machine {
  const { running } = machine;
  const mounts = running?.mounts.filter((mount) => mount.point !== '/boot') ?? [];
  return {
    ...machine,
    boot: { images: [], links: {} },
    running: running === null ? null : { ...running, mounts },
    fstab: machine.fstab.map((line) =>
      line.includes('\t/boot\t') ? line.replace('noatime', 'noauto,noatime') : line,
    ),
  };
}

function configChanged(machine: Machine): Machine {
  return withSelected(machine, (tree) => ({
    ...tree,
    config: tree.config && { options: { ...tree.config.options, OVERLAY_FS: 'y' }, at: machine.now - HOUR },
  }));
}
