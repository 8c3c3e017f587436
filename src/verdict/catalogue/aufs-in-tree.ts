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
    'The sources contain AUFS itself (fs/aufs), as aufs-sources does, but CONFIG_AUFS_FS is not set in .config, and no package builds the module separately. The kernel will have no AUFS.',
  severities: ['warning'],
  when: (situation) => {
    const { tree, wanted, snapshot } = situation;
    if (tree === null || wanted.answer === 'no' || !tree.config.known) return NOTHING;
    // The sources of a distribution kernel are not on disk; that its package applied the patch is the evidence.
    const shown = tree.patch.components.kbuild.state === 'present' && !lacksAufs(tree);
    const inTree = shown || (tree.kind === 'distribution' && takesKbuild(situation, tree));
    const apart = snapshot.portage.packages.some((installed) => installed.kinds.includes('aufs'));
    if (!inTree || apart || tree.config.value.options.AUFS_FS !== undefined) return NOTHING;
    return [{ subject: tree.path, args: { situation, tree } }];
  },
  severity: () => 'warning',
  title: ({ tree }) => `CONFIG_AUFS_FS is not set in ${tree.path}/.config`,
  text: () => 'The sources contain AUFS, but the next kernel built from them will not have it.',
  about: aboutTree,
  goals: ({ tree }) => [aufsConfigured(tree)],
});

/** True only if fs/aufs is known to be missing. */
function lacksAufs({ aufsSources }: Tree): boolean {
  return aufsSources.known && aufsSources.value === null;
}

export const aufsSourcesMissing = entry<{ tree: Tree }>({
  code: 'aufs-sources-missing',
  meaning:
    'The sources have the kbuild patch of AUFS, because of which make reads fs/aufs/Kconfig, but fs/aufs is missing. make stops there, whatever is configured.',
  severities: ['warning'],
  settle: SETTLE_NONE,
  when: ({ tree }) => {
    if (tree === null || tree.kind === 'distribution' || !lacksAufs(tree)) return NOTHING;
    return tree.patch.components.kbuild.state === 'present'
      ? [{ subject: tree.path, args: { tree } }]
      : NOTHING;
  },
  severity: () => 'warning',
  title: ({ tree }) => `${tree.path} is patched to build AUFS, but fs/aufs is missing`,
  text: ({ tree }) =>
    `No kernel can be built: make stops at ${tree.path}/fs/Kconfig, which includes fs/aufs/Kconfig.`,
  about: aboutTree,
  goals: ({ tree }) => [
    {
      is: 'done-by-hand',
      stage: 'patch',
      what: `copy fs/aufs, include/uapi/linux/aufs_type.h and Documentation from the same AUFS set into ${tree.path}, or remove its kbuild patch`,
    },
  ],
});

export const aufsConfiguredTwice = entry<{ tree: Tree; cpv: string }>({
  code: 'aufs-configured-twice',
  meaning:
    'CONFIG_AUFS_FS is set in the sources, and a package builds the aufs module as well. The package refuses such a tree (CONFIG_CHECK="!AUFS_FS"), and only one of the two aufs modules can be loaded.',
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
    'The AUFS in the sources was made for another kernel series. It may not compile, or may compile and then misbehave.',
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
  title: ({ tree, aufs, series }) => `${tree.path} is Linux ${series}, but its AUFS is ${aufs}`,
  text: ({ series }) =>
    `The kernel may not compile, or AUFS may misbehave. Use the AUFS set for ${series}, or sources of the series that this AUFS is for.`,
  about: aboutTree,
  goals: setOfOwnSeries,
});

/**
 * The wrong set must be removed before the right one is applied: two sets cannot be combined. If a package owns the
 * sources, merging it again restores the original files.
 */
function setOfOwnSeries({ situation, tree, aufs, series }: SeriesArgs): Goal[] {
  const owner = situation.snapshot.portage.packages.find(({ cpv }) => cpv === tree.owner);
  if (owner === undefined || tree.kind === 'distribution' || bringsSet(owner))
    return [
      {
        is: 'done-by-hand',
        stage: 'sources',
        what: `remove the AUFS set of ${aufs} from ${tree.path} (patch -R), then apply the one for ${series}; or select other sources with eselect kernel`,
      },
    ];
  const isAtHand = tree.patch.sets.some(({ isForTree }) => isForTree === true);
  const bring: Goal = {
    is: 'done-by-hand',
    stage: 'prepare',
    what: `get the AUFS set for ${series}: no set on this machine is for that series`,
  };
  return [{ is: 'sources-merged-again' }, ...(isAtHand ? [] : [bring])];
}
