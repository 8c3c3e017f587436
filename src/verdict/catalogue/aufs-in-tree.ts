import type { Tree } from '../../model/tree.ts';
import type { Goal } from '../goal.ts';
import { aufsConfigured } from '../plan/due.ts';
import { bringsSet } from '../plan/patch-route.ts';
import type { Situation } from '../situation.ts';
import { takesKbuild } from '../user-patches.ts';
import { entry, NOTHING, SETTLE_NONE } from './entry.ts';
import { aboutTree } from './patch-state.ts';

interface ConfigArgs {
  readonly situation: Situation;
  readonly tree: Tree;
}

export const aufsNotConfigured = entry<ConfigArgs>({
  code: 'aufs-not-configured',
  meaning:
    'The sources hold AUFS itself (fs/aufs), as aufs-sources do, but CONFIG_AUFS_FS is not set in .config, and no package builds the module apart: the kernel will be without AUFS.',
  severities: ['warning'],
  when: (situation) => {
    const { tree, wanted, snapshot } = situation;
    if (tree === null || wanted.answer === 'no' || !tree.config.known) return NOTHING;
    // A distribution kernel shows no sources: that its package was given the patch is what speaks for it.
    const shown = tree.patch.components.kbuild.state === 'present' && !lacksAufs(tree);
    const inTree = shown || (tree.kind === 'distribution' && takesKbuild(situation, tree));
    const apart = snapshot.portage.packages.some((installed) => installed.kinds.includes('aufs'));
    if (!inTree || apart || tree.config.value.options.AUFS_FS !== undefined) return NOTHING;
    return [{ subject: tree.path, args: { situation, tree } }];
  },
  severity: () => 'warning',
  title: ({ tree }) => `CONFIG_AUFS_FS is not set in ${tree.path}/.config`,
  text: () => 'The sources hold AUFS, but the next kernel built from them will not.',
  about: aboutTree,
  goals: ({ tree }) => [aufsConfigured(tree)],
});

/** Is it known that fs/aufs is not there? */
function lacksAufs({ aufsSources }: Tree): boolean {
  return aufsSources.known && aufsSources.value === null;
}

export const aufsSourcesMissing = entry<{ tree: Tree }>({
  code: 'aufs-sources-missing',
  meaning:
    'The sources carry the kbuild patch of AUFS, with which make reads fs/aufs/Kconfig, and fs/aufs is not there: make stops at it, whatever is configured.',
  severities: ['warning'],
  settle: SETTLE_NONE,
  when: ({ tree }) => {
    if (tree === null || tree.kind === 'distribution' || !lacksAufs(tree)) return NOTHING;
    return tree.patch.components.kbuild.state === 'present'
      ? [{ subject: tree.path, args: { tree } }]
      : NOTHING;
  },
  severity: () => 'warning',
  title: ({ tree }) => `${tree.path} is patched to build AUFS, and has no fs/aufs`,
  text: ({ tree }) => `make stops at ${tree.path}/fs/Kconfig, which includes fs/aufs/Kconfig.`,
  about: aboutTree,
  goals: ({ tree }) => [
    {
      is: 'done-by-hand',
      stage: 'patch',
      what: `copy fs/aufs, include/uapi/linux/aufs_type.h and Documentation of the same AUFS set into ${tree.path}, or take its kbuild patch out`,
    },
  ],
});

export const aufsConfiguredTwice = entry<{ tree: Tree; cpv: string }>({
  code: 'aufs-configured-twice',
  meaning:
    'CONFIG_AUFS_FS is set in the sources, and a package builds the aufs module as well. The package refuses such a tree (CONFIG_CHECK="!AUFS_FS"), and of two aufs modules only one can be loaded.',
  severities: ['warning'],
  when: ({ tree, snapshot }) => {
    if (tree === null || !tree.config.known || tree.config.value.options.AUFS_FS === undefined)
      return NOTHING;
    const apart = snapshot.portage.packages.find((installed) => installed.kinds.includes('aufs'));
    return apart === undefined ? NOTHING : [{ subject: tree.path, args: { tree, cpv: apart.cpv } }];
  },
  severity: () => 'warning',
  title: ({ tree, cpv }) => `AUFS is both configured in ${tree.path} and built by ${cpv}`,
  text: ({ cpv }) => `${cpv} cannot be merged again while CONFIG_AUFS_FS is set. Keep one of the two.`,
  about: ({ tree, cpv }) => ({ tree: tree.path, package: cpv }),
  goals: ({ tree }) => [
    {
      is: 'done-by-hand',
      stage: 'config',
      what: `unset CONFIG_AUFS_FS in ${tree.path}/.config, or unmerge the package`,
    },
  ],
});

interface SeriesArgs {
  readonly situation: Situation;
  readonly tree: Tree;
  readonly aufs: string;
  readonly series: string;
}

export const seriesMismatch = entry<SeriesArgs>({
  code: 'series-mismatch',
  meaning:
    'The AUFS in the sources was made for another kernel series than theirs. It may not compile, or compile and misbehave.',
  severities: ['warning'],
  when: (situation) => {
    const { tree, wanted } = situation;
    if (tree === null || wanted.answer === 'no' || !tree.version.known || !tree.aufsVersion.known)
      return NOTHING;
    const aufs = tree.aufsVersion.value;
    const made = aufs === null ? null : /^(\d+)\.(\d+)/.exec(aufs);
    if (aufs === null || made === null) return NOTHING;
    const { version, patchlevel } = tree.version.value;
    if (Number(made[1]) === version && Number(made[2]) === patchlevel) return NOTHING;
    return [{ subject: tree.path, args: { situation, tree, aufs, series: `${version}.${patchlevel}` } }];
  },
  severity: () => 'warning',
  title: ({ tree, aufs, series }) => `${tree.path} is ${series}, and its AUFS is ${aufs}`,
  text: ({ series }) =>
    `Take the AUFS of the series ${series}, or sources of the series that AUFS is made for.`,
  about: aboutTree,
  goals: setOfOwnSeries,
});

/**
 * The wrong set leaves the sources before another goes in: two of them do not fit into each other. Where a package owns
 * the sources, to merge it again brings the original files.
 */
function setOfOwnSeries({ situation, tree, aufs, series }: SeriesArgs): Goal[] {
  const owner = situation.snapshot.portage.packages.find(({ cpv }) => cpv === tree.owner);
  if (owner === undefined || tree.kind === 'distribution' || bringsSet(owner))
    return [
      {
        is: 'done-by-hand',
        stage: 'sources',
        what: `take the AUFS set of ${aufs} out of ${tree.path} (patch -R), then apply that for ${series}; or select other sources with eselect kernel`,
      },
    ];
  const isAtHand = tree.patch.sets.some(({ isForTree }) => isForTree === true);
  const bring: Goal = {
    is: 'done-by-hand',
    stage: 'prepare',
    what: `bring the AUFS set for ${series}: none of those here is for that series`,
  };
  return [{ is: 'sources-merged-again' }, ...(isAtHand ? [] : [bring])];
}
