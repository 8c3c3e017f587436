import type { BuildFacts } from '../../model/build.ts';
import type { About } from '../../model/finding.ts';
import type { Cause } from '../../model/memory.ts';
import type { PatchComponent } from '../../model/patch-component.ts';
import { patchOverall } from '../../model/patch-overall.ts';
import type { Tree } from '../../model/tree.ts';
import { compiledBefore } from '../compiled-before.ts';
import type { Situation } from '../situation.ts';
import { dayTime, listed, sentence } from '../words.ts';
import { entry, type Instance, NOTHING, SETTLE_NONE } from './entry.ts';

interface TreeArgs {
  readonly situation: Situation;
  readonly tree: Tree;
}

function about({ tree }: TreeArgs): Partial<About> {
  return { tree: tree.path };
}

/** True if this machine needs a build of the selected tree: for AUFS, or for a package with modules. */
function matters({ wanted, snapshot }: Situation): boolean {
  return (
    wanted.answer === 'yes' ||
    snapshot.portage.packages.some((installed) => installed.kinds.includes('module'))
  );
}

interface NeverBuiltArgs extends TreeArgs {
  /** A kernel of this release was compiled, here or elsewhere, but the tree no longer has its build files. */
  readonly gone: boolean;
}

export const kernelNeverBuilt = entry<NeverBuiltArgs>({
  code: 'kernel-never-built',
  meaning:
    'The selected kernel sources contain no compiled kernel: they were never compiled, or were cleaned afterwards. No module can be built for them.',
  severities: ['warning', 'notice'],
  dependsOn: ['build-interrupted'],
  when: (situation) => {
    const { tree, build } = situation;
    if (tree === null || build !== null || tree.kind === 'distribution') return NOTHING;
    if (!tree.builds.every((candidate) => candidate.state.known)) return NOTHING;
    const before = compiledBefore(situation, tree);
    if (before === 'cleaned') return NOTHING;
    return [{ subject: tree.path, args: { situation, tree, gone: before === 'gone' } }];
  },
  severity: ({ situation }) => (matters(situation) ? 'warning' : 'notice'),
  title: ({ tree, gone }) =>
    gone ? `${tree.path} no longer contains a compiled kernel` : `${tree.path} has never been compiled`,
  text: ({ gone }) =>
    gone
      ? 'No module can be built for the installed kernel of this release: the build files that modules need are gone from the selected sources.'
      : 'These sources are selected, so modules are built for them, but no kernel made from them exists yet.',
  about,
  goals: () => [{ is: 'compiled' }],
});

export const buildInterrupted = entry<TreeArgs>({
  code: 'build-interrupted',
  meaning: 'A kernel build in the selected sources was started and did not finish.',
  severities: ['notice'],
  when: (situation) => {
    const { tree, build } = situation;
    if (tree === null || build === null || !build.state.known || build.state.value !== 'interrupted')
      return NOTHING;
    return [{ subject: tree.path, args: { situation, tree } }];
  },
  severity: () => 'notice',
  title: ({ tree }) => `The kernel build in ${tree.path} did not finish`,
  text: () => 'Some objects are newer than the kernel image. Run make again.',
  about,
  goals: () => [{ is: 'compiled' }],
});

interface NotRebuiltArgs extends TreeArgs {
  readonly build: BuildFacts;
  /** Sources that make would compile now. */
  readonly stale: readonly string[];
  /** Patch components that the sources have and the built kernel does not, or the reverse. */
  readonly differing: readonly PatchComponent[];
  readonly since: number | null;
  readonly cause: Cause | null;
}

export const kernelNotRebuilt = entry<NotRebuiltArgs>({
  code: 'kernel-not-rebuilt',
  meaning:
    'The selected sources were patched, or unpatched, after the kernel was compiled from them. That kernel is not the one that they would make now, although both have the same release.',
  severities: ['warning'],
  settle: SETTLE_NONE,
  when: (situation) => {
    const { tree, build } = situation;
    if (tree === null || build === null || situation.wanted.answer === 'no') return NOTHING;
    if (!build.state.known || build.state.value !== 'complete') return NOTHING;
    const stale = build.stale.map((object) => object.source);
    const differing = differingComponents(tree, build);
    if (stale.length === 0 && differing.length === 0) return NOTHING;
    const patched = situation.memory.trees[tree.path]?.patchChanged ?? null;
    const newest = build.stale.reduce<number | null>(
      (at, object) => Math.max(at ?? 0, object.sourceMtime),
      null,
    );
    const since = patched?.atMs ?? newest ?? patchOverall(tree).appliedAt;
    const args = { situation, tree, build, stale, differing, since, cause: patched?.cause ?? null };
    return [{ subject: tree.path, args }];
  },
  severity: () => 'warning',
  title: ({ tree, cause, since }) => {
    const when = since === null ? '' : ` ${dayTime(since)}`;
    const by = cause === null ? '' : ` by ${cause.cpv}`;
    return `${tree.path} was changed${when}${by}, and the kernel not compiled since`;
  },
  text: ({ stale, differing }) => {
    const parts: string[] = [];
    if (stale.length > 0) parts.push(`changed since they were compiled: ${listed(stale)}`);
    if (differing.length > 0) parts.push(`the compiled kernel differs in ${listed(differing)}`);
    return sentence(parts.join('; '));
  },
  about,
  goals: () => [{ is: 'compiled' }],
});

/**
 * Components that the sources and the built kernel disagree on. make cannot see all of them: Portage restores
 * a file with its old mtime, and make then takes the newer object for up to date.
 */
function differingComponents(tree: Tree, build: BuildFacts): PatchComponent[] {
  const compared: readonly PatchComponent[] = ['base', 'mmap', 'standalone'];
  return compared.filter((component) => {
    const source = tree.patch.components[component].state;
    const carries = build.carries[component];
    if (!carries.known) return false;
    return (source === 'present' && !carries.value) || (source === 'absent' && carries.value);
  });
}

interface ConfigArgs extends TreeArgs {
  /** True if auto.conf, which modules are built with, already has the new configuration. */
  readonly prepared: boolean;
}

export const configChangedSinceBuild = entry<ConfigArgs>({
  code: 'config-changed-since-build',
  meaning: 'The configuration of the selected sources was changed after the kernel was compiled.',
  severities: ['warning'],
  when: (situation): readonly Instance<ConfigArgs>[] => {
    const { tree, build } = situation;
    if (tree === null || build === null || !build.configChanged.known || !build.configChanged.value)
      return NOTHING;
    const prepared = build.preparedAsBuilt.known && !build.preparedAsBuilt.value;
    return [{ subject: tree.path, args: { situation, tree, prepared } }];
  },
  severity: () => 'warning',
  title: ({ tree }) => `${tree.path}/.config differs from the configuration of the compiled kernel`,
  text: ({ prepared }) =>
    prepared
      ? 'Modules built now fit no kernel: the sources were prepared with the new configuration (make modules_prepare), but the kernel was not compiled with it.'
      : 'Your changes have no effect until the kernel is compiled again.',
  about,
  goals: () => [{ is: 'compiled' }],
});
