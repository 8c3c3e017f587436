import type { About } from '../../model/finding.ts';
import type { Cause } from '../../model/memory.ts';
import { type PatchOverall, patchOverall } from '../../model/patch-overall.ts';
import type { Tree } from '../../model/tree.ts';
import type { Goal } from '../goal.ts';
import type { Situation } from '../situation.ts';
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

export function aboutTree({ tree }: { readonly tree: Tree }): Partial<About> {
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
