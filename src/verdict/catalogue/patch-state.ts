import type { About } from '../../model/finding.ts';
import type { Cause } from '../../model/memory.ts';
import { type PatchOverall, patchOverall } from '../../model/patch-overall.ts';
import type { Tree } from '../../model/tree.ts';
import type { Goal } from '../goal.ts';
import type { Situation } from '../situation.ts';
import { dayTime, listed, sentence } from '../words.ts';
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
    'There are traces of AUFS on this machine, but no package, mount or configuration that says whether it is wanted. Until you answer, aufswatch does not check AUFS.',
  severities: ['notice'],
  when: ({ wanted: { answer, hints } }) =>
    answer === 'no' && hints.length > 0 ? [{ subject: '', args: { hints } }] : NOTHING,
  severity: () => 'notice',
  title: () => 'It is not known whether AUFS is wanted here',
  text: ({ hints }) =>
    `${listed(hints)}. Until you answer, aufswatch does not check AUFS: set wanted = "yes" or wanted = "no" in /etc/aufswatch.toml.`,
  goals: () => [
    {
      is: 'done-by-hand',
      stage: 'sources',
      what: 'set wanted = "yes" or wanted = "no" in /etc/aufswatch.toml',
    },
  ],
});

export const sourcesUnpatched = entry<TreeArgs>({
  code: 'sources-unpatched',
  meaning:
    'AUFS is wanted, but the selected kernel sources have none of its patches. A kernel built from them cannot load the aufs module.',
  severities: ['warning'],
  settle: SETTLE_NONE,
  dependsOn: ['patch-reverted'],
  when: (situation) => whenPatchIs(situation, 'absent'),
  severity: () => 'warning',
  title: ({ tree }) => `${tree.path} does not carry the AUFS patches`,
  text: ({ tree }) => `A kernel built from ${tree.path} now cannot load the aufs module.`,
  about: aboutTree,
  goals: () => [PATCHED],
});

export const sourcesPartlyPatched = entry<TreeArgs>({
  code: 'sources-partly-patched',
  meaning:
    'The selected sources have only a part of the AUFS patches: a hunk did not apply, or a file was replaced. The kernel may not compile, or may compile and then refuse the aufs module.',
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
  if (patch.absent.length > 0) parts.push(`missing: ${listed(patch.absent)}`);
  const files = [...new Set(patch.missing.map((part) => part.file))];
  if (files.length > 0) parts.push(`incomplete: ${listed(files)}`);
  if (patch.rejects.length > 0) parts.push(`rejected hunks: ${listed(patch.rejects)}`);
  return `The kernel may not compile, or may refuse the aufs module. ${sentence(parts.join('; '))}`;
}

interface RevertedArgs extends TreeArgs {
  readonly cause: Cause | null;
  readonly at: number | null;
}

export const patchReverted = entry<RevertedArgs>({
  code: 'patch-reverted',
  meaning:
    'The selected sources had the AUFS patches and no longer have them. Portage restores the original files, without a message, whenever the sources are merged again.',
  severities: ['warning'],
  settle: SETTLE_NONE,
  when: (situation) => {
    const args = wantedTree(situation);
    if (args === null || args.patch.state === 'whole' || args.patch.state === 'unknown') return NOTHING;
    // The patch was applied again and did not fit. Another finding covers that, with another remedy.
    if (args.patch.rejects.length > 0) return NOTHING;
    const lost = situation.memory.trees[args.tree.path]?.patchLost ?? lossSeenOnDisk(situation, args.tree);
    if (lost === null) return NOTHING;
    return [{ subject: args.tree.path, args: { ...args, cause: lost.cause, at: lost.atMs } }];
  },
  severity: () => 'warning',
  title: ({ tree, cause }) =>
    cause === null
      ? `${tree.path} has lost the AUFS patches`
      : `${cause.cpv}, ${causeWords(cause)} ${dayTime(cause.atMs)}, took the AUFS patches out of ${tree.path}`,
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
 * The loss as the disk shows it, for a machine without a ledger: the package of the tree was merged after the kernel was
 * built there, and that kernel has the patch.
 */
function lossSeenOnDisk(situation: Situation, tree: Tree): { atMs: number; cause: Cause } | null {
  const { packages } = situation.snapshot.portage;
  const owner = packages.find((installed) => installed.cpv === tree.owner);
  const build = situation.build;
  if (owner === undefined || build === null || !build.builtAt.known) return null;
  const { base, mmap } = build.carries;
  const carried = (base.known && base.value) || (mmap.known && mmap.value);
  if (!carried || owner.mergedAt <= build.builtAt.value) return null;
  return { atMs: owner.mergedAt, cause: { cpv: owner.cpv, what: 'merged', atMs: owner.mergedAt } };
}
