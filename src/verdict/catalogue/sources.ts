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
