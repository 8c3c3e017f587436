import type { Severity } from '../../model/finding.ts';
import type { InstalledPackage, UserPatch } from '../../model/portage.ts';
import { isKernel } from '../emerge.ts';
import type { Situation } from '../situation.ts';
import { listed } from '../words.ts';
import { entry, NOTHING } from './entry.ts';

interface LinkArgs {
  readonly link: string;
  readonly situation: Situation;
  readonly problem: string;
  /** Path of the only tree; null: there are several, or none. */
  readonly only: string | null;
}

export const sourcesLinkBroken = entry<LinkArgs>({
  code: 'sources-link-broken',
  meaning:
    'The kernel directory (/usr/src/linux) points nowhere, or to something that is not a kernel tree. No package can build a module.',
  severities: ['warning'],
  when: (situation) => {
    const { snapshot, wanted } = situation;
    const { selected, trees } = snapshot.sources;
    const matters =
      wanted.answer === 'yes' ||
      // Without Portage no sources are selected, whatever headers are in /usr/src.
      (trees.length > 0 && snapshot.portage.form.known) ||
      snapshot.portage.packages.some((p) => p.kinds.includes('module'));
    if (!matters) return NOTHING;
    const problem = linkProblem(selected);
    if (problem === null) return NOTHING;
    // A directory of headers has a Makefile too. So a tree counts only if a package owns it or a kernel was built in it.
    const meant = trees.filter(
      ({ version, owner, builds }) =>
        version.known && (owner !== null || builds.some(({ image }) => image !== null)),
    );
    const only = meant.length === 1 ? (meant[0]?.path ?? null) : null;
    return [{ subject: selected.link, args: { link: selected.link, situation, problem, only } }];
  },
  severity: (): Severity => 'warning',
  title: ({ link, problem }) => `${link} ${problem}`,
  text: () => 'No module can be built until it points to kernel sources.',
  goals: ({ situation, link, only }) => {
    if (situation.snapshot.sources.trees.length === 0) return [{ is: 'sources-brought', link }];
    return [{ is: 'selected', link, tree: only, why: 'selects the only sources that are here' }];
  },
});

function linkProblem(selected: Situation['snapshot']['sources']['selected']): string | null {
  switch (selected.state) {
    case 'dangling':
      return `points to ${selected.target}, which does not exist`;
    case 'absent':
      return 'does not exist';
    case 'not-a-tree':
      return `points to ${selected.path}, which is not a kernel tree`;
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
    'A patch in /etc/portage/patches is newer than the package that it is for. Portage applies it only when the package is built again, and does not record which patches it applied.',
  severities: ['notice'],
  when: (situation) => {
    const { snapshot, tree } = situation;
    return snapshot.portage.packages.flatMap((installed) => {
      // Only the kernel of the selected tree needs the patch; older kernels stay installed as a fallback.
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
  title: ({ installed }) => `${installed.cpv} was built before one of your patches for it`,
  text: ({ patches }) =>
    `It does not have your patch yet. Newer than the package: ${listed(patches.map((patch) => patch.path))}.`,
  about: ({ installed }) => ({ package: installed.cpv }),
  goals: ({ situation: { tree }, installed }) => {
    if (tree === null || tree.owner !== installed.cpv)
      return [
        { is: 'package-merged', package: installed, stage: 'sources', why: 'builds it with the patch' },
      ];
    // Merging sources compiles nothing; merging a distribution kernel also installs it.
    return [{ is: 'sources-merged-again' }];
  },
});
