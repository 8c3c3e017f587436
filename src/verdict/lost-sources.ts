import { type Fact, known, unknown } from '../model/fact.ts';
import type { RemedyStep } from '../model/finding.ts';
import type { InstalledPackage } from '../model/portage.ts';
import type { Tree } from '../model/tree.ts';
import { compileDistribution } from './distribution-remedies.ts';
import { isKernel } from './emerge.ts';
import {
  bringSources,
  configureSources,
  mountBoot,
  patchSources,
  reboot,
  rebuildModules,
  throughToBoot,
} from './remedies.ts';
import { selectCommand } from './select-command.ts';
import type { Situation } from './situation.ts';

/**
 * Where no kernel tree is left: bring one, the one of the kernel that boots next where its package is installed still,
 * select it, and go on as with sources that were never compiled.
 */
export function bringLostSources(situation: Situation, link: string): RemedyStep[] {
  const owner = packageToBring(situation);
  const tree = treeOf(owner, link);
  const there: Situation = { ...situation, tree, build: null, built: null };
  const select: RemedyStep = {
    // The only one that there is then.
    command: tree.path === link ? 'eselect kernel set 1' : selectCommand(link, tree.path),
    why: 'selects them',
    stage: 'sources',
    achieves: ['select'],
  };
  if (owner !== null && tree.kind === 'distribution') {
    const made = [...mountBoot(there), ...compileDistribution(there, tree)];
    const first = made.map((step) => ({ ...step, stage: 'sources' as const }));
    return [...first, select, ...rebuildModules(there), reboot('starts the new kernel')];
  }
  const [brought, ...patched] =
    owner === null ? [NEWEST, ...patchWanted(there, tree)] : bringSources(there, tree, owner);
  return [
    ...(brought === undefined ? [] : [brought]),
    select,
    ...configureSources(there, tree),
    ...patched,
    ...throughToBoot(there, tree),
  ];
}

const NEWEST: RemedyStep = {
  command: 'emerge sys-kernel/gentoo-sources',
  why: 'brings kernel sources: none are left',
  stage: 'sources',
  achieves: ['sources'],
};

function patchWanted(situation: Situation, tree: Tree): RemedyStep[] {
  return situation.wanted.answer === 'no' ? [] : patchSources(situation, tree);
}

/** Of the installed packages of kernels the one that made what boots next, else the one merged last. */
function packageToBring({ snapshot, next, running }: Situation): InstalledPackage | null {
  const { release } = (next ?? running).identity;
  const kernels = snapshot.portage.packages.filter(isKernel).toSorted((a, b) => b.mergedAt - a.mergedAt);
  const path = release.known ? pathOf(release.value) : null;
  return kernels.find(({ trees }) => path !== null && trees.includes(path)) ?? kernels[0] ?? null;
}

function pathOf(release: string): string {
  return `/usr/src/linux-${release}`;
}

/** The tree that is to come. Where its package does not tell its name, it is what the kernel directory leads to then. */
function treeOf(owner: InstalledPackage | null, link: string): Tree {
  const path = owner?.trees[0] ?? link;
  const absent = unknown('missing', `there is no ${path}`);
  const component = { state: 'unknown', why: absent.detail } as const;
  const release: Fact<string> = path === link ? absent : known(path.replace(/^.*\/linux-/, ''));
  return {
    path,
    kind: owner?.kinds.includes('dist-kernel') === true ? 'distribution' : 'sources',
    version: absent,
    release,
    config: absent,
    owner: owner?.cpv ?? null,
    aufsVersion: absent,
    patch: {
      components: { kbuild: component, base: component, mmap: component, standalone: component },
      series: null,
      rejects: [],
      touched: [],
    },
    builds: [],
  };
}
