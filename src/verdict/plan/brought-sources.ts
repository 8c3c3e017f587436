import { type Fact, known, unknown } from '../../model/fact.ts';
import type { PlanStep } from '../../model/finding.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import type { Tree } from '../../model/tree.ts';
import { isKernel } from '../emerge.ts';
import { selectCommand } from '../select-command.ts';
import type { Situation } from '../situation.ts';
import { type Codes, run } from './step-list.ts';

/**
 * The machine as it will be once kernel sources are brought back: those of the kernel that boots next where their
 * package is installed still, selected, and never compiled.
 */
export function withBroughtSources(situation: Situation, link: string): Situation {
  const tree = treeOf(packageToBring(situation), link);
  return { ...situation, tree, build: null, built: null };
}

/** Brings sources where no package here has any, and has the kernel directory lead to them. */
export function bringSteps({ tree }: Situation, link: string, codes: Codes): PlanStep[] {
  if (tree === null) return [];
  const bring =
    tree.owner === null
      ? run('sources', codes, 'installs kernel sources: none are left', {
          words: ['emerge', 'sys-kernel/gentoo-sources'],
        })
      : [];
  // The only one that there is then.
  const select =
    tree.path === link ? { words: ['eselect', 'kernel', 'set', '1'] } : selectCommand(link, tree.path);
  return [...bring, ...run('sources', codes, 'selects them', select)];
}

/** Of the installed packages of kernels the one that made what boots next, else the one merged last. */
function packageToBring({ snapshot, next, running }: Situation): InstalledPackage | null {
  const { release } = (next ?? running).identity;
  const kernels = snapshot.portage.packages.filter(isKernel).toSorted((a, b) => b.mergedAt - a.mergedAt);
  const path = release.known ? `/usr/src/linux-${release.value}` : null;
  return kernels.find(({ trees }) => path !== null && trees.includes(path)) ?? kernels[0] ?? null;
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
