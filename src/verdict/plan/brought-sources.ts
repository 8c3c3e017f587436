import { type Fact, known, unknown } from '../../model/fact.ts';
import type { PlanStep } from '../../model/finding.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import type { Tree } from '../../model/tree.ts';
import { isKernel } from '../emerge.ts';
import { selectCommand } from '../select-command.ts';
import type { Situation } from '../situation.ts';
import { type Codes, run } from './step-list.ts';

/**
 * The machine as it will be once kernel sources are installed again: selected, and never compiled. They are those of the kernel
 * that boots next, where their package is still installed.
 */
export function withBroughtSources(situation: Situation, link: string): Situation {
  const tree = treeOf(packageToBring(situation), link);
  return { ...situation, tree, build: null, built: null };
}

/** Installs sources where no installed package has any, and points the kernel directory to them. */
export function bringSteps({ tree }: Situation, link: string, codes: Codes): PlanStep[] {
  if (tree === null) return [];
  const bring =
    tree.owner === null
      ? run('sources', codes, 'installs kernel sources: none are left', {
          words: ['emerge', 'sys-kernel/gentoo-sources'],
        })
      : [];
  // It is the only tree then.
  const select =
    tree.path === link ? { words: ['eselect', 'kernel', 'set', '1'] } : selectCommand(link, tree.path);
  return [...bring, ...run('sources', codes, 'selects them', select)];
}

/** The installed kernel package that made what boots next, else the one that was merged last. */
function packageToBring({ snapshot, next, running }: Situation): InstalledPackage | null {
  const { release } = (next ?? running).identity;
  const kernels = snapshot.portage.packages.filter(isKernel).toSorted((a, b) => b.mergedAt - a.mergedAt);
  const path = release.known ? `/usr/src/linux-${release.value}` : null;
  return kernels.find(({ trees }) => path !== null && trees.includes(path)) ?? kernels[0] ?? null;
}

/** The tree that will be there. Where its package does not name it, it is the target of the kernel directory. */
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
    aufsSources: absent,
    patch: {
      components: { kbuild: component, base: component, mmap: component, standalone: component },
      series: null,
      rejects: [],
      touched: [],
      sets: [],
    },
    builds: [],
  };
}
