import type { About, Severity } from '../../model/finding.ts';
import type { Cause } from '../../model/memory.ts';
import { type PatchOverall, patchOverall } from '../../model/patch-overall.ts';
import type { InstalledPackage, UserPatch } from '../../model/portage.ts';
import type { Tree } from '../../model/tree.ts';
import { isKernel } from '../emerge.ts';
import type { Goal } from '../goal.ts';
import { aufsConfigured } from '../plan/due.ts';
import { bringsSet } from '../plan/patch-route.ts';
import type { Situation } from '../situation.ts';
import { takesKbuild } from '../user-patches.ts';
import { dayTime, listed } from '../words.ts';
import { entry, type Instance, NOTHING, SETTLE_NONE } from './entry.ts';

interface TreeArgs {
  readonly situation: Situation;
  readonly tree: Tree;
  readonly patch: PatchOverall;
}

/** The selected tree with its patch state, where AUFS is wanted. */
function wantedTree(situation: Situation): TreeArgs | null {
  const { tree, wanted } = situation;
  if (tree === null || wanted.answer === 'no') return null;
  return { situation, tree, patch: patchOverall(tree) };
}

function whenPatchIs(situation: Situation, state: PatchOverall['state']): readonly Instance<TreeArgs>[] {
  const args = wantedTree(situation);
  return args !== null && args.patch.state === state ? [{ subject: args.tree.path, args }] : NOTHING;
}

const PATCHED: Goal = { is: 'patched' };

function aboutTree({ tree }: { readonly tree: Tree }): Partial<About> {
  return { tree: tree.path };
}

export const aufsPerhapsWanted = entry<{ readonly hints: readonly string[] }>({
  code: 'aufs-perhaps-wanted',
  meaning:
    'Something of AUFS is on this machine, and nothing says whether it is wanted: no package of it, no mount, no configuration. Until that is answered nothing about AUFS is looked after.',
  severities: ['notice'],
  when: ({ wanted: { answer, hints } }) =>
    answer === 'no' && hints.length > 0 ? [{ subject: '', args: { hints } }] : NOTHING,
  severity: () => 'notice',
  title: () => 'It is not known whether AUFS is wanted here',
  text: ({ hints }) =>
    `${listed(hints)}. Answer with wanted = "yes" or wanted = "no" in /etc/aufswatch.toml.`,
  goals: () => [
    {
      is: 'done-by-hand',
      stage: 'sources',
      what: 'write wanted = "yes" or wanted = "no" into /etc/aufswatch.toml',
    },
  ],
});

export const sourcesUnpatched = entry<TreeArgs>({
  code: 'sources-unpatched',
  meaning:
    'AUFS is wanted, and the selected kernel sources carry none of its patches. A kernel built from them cannot take the aufs module.',
  severities: ['warning'],
  settle: SETTLE_NONE,
  dependsOn: ['patch-reverted'],
  when: (situation) => whenPatchIs(situation, 'absent'),
  severity: () => 'warning',
  title: ({ tree }) => `${tree.path} does not carry the AUFS patches`,
  text: ({ tree }) => `A kernel built from ${tree.path} as it stands cannot load the aufs module.`,
  about: aboutTree,
  goals: () => [PATCHED],
});

export const sourcesPartlyPatched = entry<TreeArgs>({
  code: 'sources-partly-patched',
  meaning:
    'Some of the AUFS patches are in the selected sources and some are not: a hunk did not apply, or a file was replaced. Such a kernel may not compile, or may compile and refuse the module.',
  severities: ['warning'],
  settle: SETTLE_NONE,
  dependsOn: ['patch-reverted'],
  when: (situation) => whenPatchIs(situation, 'partial'),
  severity: () => 'warning',
  title: ({ tree }) => `${tree.path} is only partly patched for AUFS`,
  text: ({ patch }) => partlyText(patch),
  about: aboutTree,
  goals: ({ patch: { rejects } }) => [rejects.length === 0 ? PATCHED : { is: 'rejects-applied', rejects }],
});

function partlyText(patch: PatchOverall): string {
  const parts: string[] = [];
  if (patch.absent.length > 0) parts.push(`${listed(patch.absent)} missing altogether`);
  const files = [...new Set(patch.missing.map((part) => part.file))];
  if (files.length > 0) parts.push(`parts missing in ${listed(files)}`);
  if (patch.rejects.length > 0) parts.push(`rejected hunks in ${listed(patch.rejects)}`);
  return `Of the patch set: ${parts.join('; ')}.`;
}

interface RevertedArgs extends TreeArgs {
  readonly cause: Cause | null;
  readonly at: number | null;
}

export const patchReverted = entry<RevertedArgs>({
  code: 'patch-reverted',
  meaning:
    'The selected sources carried the AUFS patches and no longer do. Portage brings back the original files whenever the sources are merged again, without a word.',
  severities: ['warning'],
  settle: SETTLE_NONE,
  when: (situation) => {
    const args = wantedTree(situation);
    if (args === null || args.patch.state === 'whole' || args.patch.state === 'unknown') return NOTHING;
    // It was applied again since, and did not fit: another finding, and another remedy.
    if (args.patch.rejects.length > 0) return NOTHING;
    const lost = situation.memory.trees[args.tree.path]?.patchLost ?? lossSeenOnDisk(situation, args.tree);
    if (lost === null) return NOTHING;
    return [{ subject: args.tree.path, args: { ...args, cause: lost.cause, at: lost.at } }];
  },
  severity: () => 'warning',
  title: ({ tree, cause }) =>
    cause === null
      ? `${tree.path} has lost the AUFS patches`
      : `${cause.cpv}, ${causeWords(cause)} ${dayTime(cause.at)}, took the AUFS patches out of ${tree.path}`,
  text: ({ tree }) => `A kernel built from ${tree.path} now cannot load the aufs module.`,
  about: aboutTree,
  goals: () => [PATCHED],
});

const CAUSE_WORDS = { merged: 'merged', removed: 'removed', setup: 'set up' } as const;

function causeWords({ cpv, what, replaced }: Cause): string {
  return what === 'merged' && replaced !== undefined && cpv.endsWith(`-${replaced}`)
    ? 'merged again'
    : CAUSE_WORDS[what];
}

/**
 * Without a ledger: the tree's own package was merged after the AUFS package that patched it, and the kernel
 * built there before still carries the patch.
 */
function lossSeenOnDisk(situation: Situation, tree: Tree): { at: number; cause: Cause } | null {
  const { packages } = situation.snapshot.portage;
  const owner = packages.find((installed) => installed.cpv === tree.owner);
  const build = situation.build;
  if (owner === undefined || build === null || !build.builtAt.known) return null;
  const { base, mmap } = build.carries;
  const carried = (base.known && base.value) || (mmap.known && mmap.value);
  if (!carried || owner.mergedAt <= build.builtAt.value) return null;
  return { at: owner.mergedAt, cause: { cpv: owner.cpv, what: 'merged', at: owner.mergedAt } };
}

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

interface LinkArgs {
  readonly link: string;
  readonly situation: Situation;
  readonly problem: string;
  /** The only tree that there is; null: there are several, or none. */
  readonly only: string | null;
}

export const sourcesLinkBroken = entry<LinkArgs>({
  code: 'sources-link-broken',
  meaning:
    'The kernel directory (/usr/src/linux) leads nowhere, or to something that is no kernel tree. No package can build a module.',
  severities: ['warning'],
  when: (situation) => {
    const { snapshot, wanted } = situation;
    const { selected, trees } = snapshot.sources;
    const matters =
      wanted.answer === 'yes' ||
      // Without Portage nobody selects sources, whatever headers lie in /usr/src.
      (trees.length > 0 && snapshot.portage.form.known) ||
      snapshot.portage.packages.some((p) => p.kinds.includes('module'));
    if (!matters) return NOTHING;
    const problem = linkProblem(selected);
    if (problem === null) return NOTHING;
    // A directory of headers has a Makefile as well; what a package brought, or made a kernel, is meant.
    const meant = trees.filter(
      ({ version, owner, builds }) =>
        version.known && (owner !== null || builds.some(({ image }) => image !== null)),
    );
    const only = meant.length === 1 ? (meant[0]?.path ?? null) : null;
    return [{ subject: selected.link, args: { link: selected.link, situation, problem, only } }];
  },
  severity: (): Severity => 'warning',
  title: ({ link, problem }) => `${link} ${problem}`,
  text: () => 'Modules cannot be built until it leads to the kernel sources.',
  goals: ({ situation, link, only }) => {
    if (situation.snapshot.sources.trees.length === 0) return [{ is: 'sources-brought', link }];
    return [{ is: 'selected', link, tree: only, why: 'selects the only sources that are here' }];
  },
});

function linkProblem(selected: Situation['snapshot']['sources']['selected']): string | null {
  switch (selected.state) {
    case 'dangling':
      return `leads to ${selected.target}, which is not there`;
    case 'absent':
      return 'is not there';
    case 'not-a-tree':
      return `leads to ${selected.path}, which is not a kernel tree`;
    case 'tree':
    case 'unknown':
      return null;
  }
}

interface PendingArgs {
  readonly situation: Situation;
  readonly installed: InstalledPackage;
  readonly patches: readonly UserPatch[];
}

export const userPatchesPending = entry<PendingArgs>({
  code: 'user-patches-pending',
  meaning:
    'A patch in /etc/portage/patches is newer than the package that it is for. Portage applies it only when the package is built again, and keeps no record of which patches it applied.',
  severities: ['notice'],
  when: (situation) => {
    const { snapshot, tree } = situation;
    return snapshot.portage.packages.flatMap((installed) => {
      // A patch for the kernel that is worked on is of no use to those that stay beside it to fall back on.
      if (isKernel(installed) && tree !== null && tree.owner !== installed.cpv) return [];
      const since = installed.buildTime.known ? installed.buildTime.value : installed.mergedAt;
      const patches = snapshot.portage.userPatches.filter(
        (patch) => patch.appliesTo.includes(installed.cpv) && patch.mtime > since,
      );
      if (patches.length === 0) return [];
      return [{ subject: installed.cpv, args: { situation, installed, patches } }];
    });
  },
  severity: () => 'notice',
  title: ({ installed }) => `${installed.cpv} was built before a patch of yours for it`,
  text: ({ patches }) => `Newer than the package: ${listed(patches.map((patch) => patch.path))}.`,
  about: ({ installed }) => ({ package: installed.cpv }),
  goals: ({ situation: { tree }, installed }) => {
    if (tree === null || tree.owner !== installed.cpv)
      return [
        { is: 'package-merged', package: installed, stage: 'sources', why: 'builds it with the patch' },
      ];
    // To merge sources compiles nothing, and to merge a distribution kernel installs it.
    return [{ is: 'sources-merged-again' }];
  },
});
