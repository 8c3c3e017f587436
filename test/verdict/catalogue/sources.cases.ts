import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { HOUR } from '../../../src/demo/in-sync.ts';
import { SCENARIOS } from '../../support/demo/scenarios.ts';
import { endless, NOW, notAFile } from '../../support/machines.ts';
import type { Case } from './case.ts';
import { IN_SYNC, neverPatched, TREE, withOptions, withoutPackage } from './changes.ts';

const AUFS_SOURCES = SCENARIOS['aufs-sources'](NOW);
const AUFS_TREE = '/usr/src/linux-6.1.192-aufs';
/** The tree has no sources to read, and nothing that shows what its kernel is. */
const STRIPPED = {
  ...SCENARIOS['distribution-kernel'](NOW),
  removed: ['System.map', 'Module.symvers'].map((name) => `/usr/src/linux-6.1.192-gentoo-dist/${name}`),
};

function withSet(set: string) {
  return {
    ...AUFS_SOURCES,
    trees: AUFS_SOURCES.trees.map((tree) => ({ ...tree, patch: tree.patch && { ...tree.patch, set } })),
  };
}

function userPatch(target: string) {
  return { ...IN_SYNC, files: { [`/etc/portage/patches/${target}/mine.patch`]: '--- a\n+++ b\n' } };
}

const OLD_CONFIG = '/boot/config-6.1.150-gentoo';

/** Nothing uses AUFS, and no package has it; a kernel was once configured with it, or with something else. */
function withOldConfig(options: string) {
  const plain = withoutPackage('aufs6', withoutPackage('aufs-util', withoutPackage('docker')));
  const running = plain.running && {
    ...plain.running,
    loaded: [],
    mounts: plain.running.mounts.filter(({ type }) => type !== 'aufs'),
  };
  return { ...plain, docker: null, running, files: { [OLD_CONFIG]: options } };
}

export const SOURCES_CASES: readonly Case[] = [
  {
    code: 'aufs-perhaps-wanted',
    raised: { machine: withOldConfig('CONFIG_SMP=y\nCONFIG_AUFS_FS=m\n') },
    neighbour: { machine: withOldConfig('CONFIG_SMP=y\n# CONFIG_AUFS_FS is not set\n') },
    unknown: {
      machine: withOldConfig('CONFIG_AUFS_FS=m\n'),
      change: notAFile(OLD_CONFIG),
      shows: (_, { wanted }) => wanted.answer === 'no' && wanted.hints.length === 0,
    },
  },
  {
    code: 'patch-reverted',
    raised: { machine: SCENARIOS.unpatched(NOW) },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: STRIPPED },
  },
  {
    code: 'sources-unpatched',
    raised: { machine: neverPatched() },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: STRIPPED },
  },
  {
    code: 'sources-partly-patched',
    raised: { machine: SCENARIOS['half-patched'](NOW) },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: STRIPPED },
  },
  {
    code: 'aufs-not-configured',
    raised: {
      machine: {
        ...AUFS_SOURCES,
        trees: AUFS_SOURCES.trees.map((tree) => {
          const { AUFS_FS: _, ...options } = tree.config?.options ?? {};
          return { ...tree, config: { options, at: NOW - HOUR } };
        }),
      },
    },
    neighbour: { machine: AUFS_SOURCES },
    unknown: { machine: AUFS_SOURCES, change: notAFile(`${AUFS_TREE}/.config`) },
  },
  {
    code: 'aufs-sources-missing',
    raised: {
      machine: AUFS_SOURCES,
      change: (root) => rmSync(join(root, AUFS_TREE, 'fs/aufs'), { recursive: true }),
    },
    neighbour: { machine: AUFS_SOURCES },
    unknown: {
      machine: AUFS_SOURCES,
      change: endless(`${AUFS_TREE}/fs/aufs`),
      shows: ({ sources }) => sources.trees.some((tree) => !tree.aufsSources.known),
    },
  },
  {
    code: 'aufs-configured-twice',
    raised: { machine: withOptions({ AUFS_FS: 'm' }) },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: withOptions({ AUFS_FS: 'm' }), change: notAFile(`${TREE}/.config`) },
  },
  {
    code: 'series-mismatch',
    raised: { machine: withSet('6.6-20240701') },
    neighbour: { machine: AUFS_SOURCES },
    unknown: {
      machine: withSet('6.6-20240701'),
      change: notAFile(`${AUFS_TREE}/include/uapi/linux/aufs_type.h`),
      shows: ({ sources }) => sources.trees.some((tree) => !tree.aufsVersion.known),
    },
  },
  {
    code: 'sources-link-broken',
    raised: { machine: SCENARIOS['link-dangling'](NOW) },
    neighbour: { machine: IN_SYNC },
    unknown: { machine: IN_SYNC, change: endless('/usr/src') },
  },
  {
    code: 'user-patches-pending',
    raised: { machine: userPatch('sys-kernel/gentoo-sources') },
    neighbour: { machine: userPatch('sys-kernel/other-sources') },
    unknown: {
      machine: IN_SYNC,
      change: endless('/etc/portage/patches'),
      shows: ({ problems }) => problems.some(({ path }) => path === '/etc/portage/patches'),
    },
  },
];
