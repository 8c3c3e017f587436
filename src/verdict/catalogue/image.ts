import type { BuildFacts } from '../../model/build.ts';
import { valueOr } from '../../model/fact.ts';
import type { AboutKernel } from '../../model/finding.ts';
import type { Tree } from '../../model/tree.ts';
import { awaitsInstallation } from '../awaits-installation.ts';
import { kernelName } from '../kernel/kernel.ts';
import type { Situation } from '../situation.ts';
import { entry, NOTHING } from './entry.ts';

interface BuiltArgs {
  readonly situation: Situation;
  readonly tree: Tree;
  readonly build: BuildFacts;
  /** True if /boot has no kernel image at all. */
  readonly none: boolean;
}

export const kernelNotInstalled = entry<BuiltArgs>({
  code: 'kernel-not-installed',
  meaning: 'The kernel compiled from the selected sources is not among the images in /boot.',
  severities: ['warning'],
  when: (situation) => {
    const { tree, build } = situation;
    if (tree === null || build === null || !awaitsInstallation(situation)) return NOTHING;
    const none = valueOr(situation.snapshot.boot.images, []).length === 0;
    return [{ subject: tree.path, args: { situation, tree, build, none } }];
  },
  severity: () => 'warning',
  title: ({ build }) => `${kernelName(build.identity)} is compiled, but not installed`,
  text: ({ build, none }) => {
    const images = none
      ? 'There is no kernel image in /boot'
      : 'The next boot starts another kernel: no image in /boot is this one';
    return `${images}. It was compiled in ${build.directory}.`;
  },
  about: ({ tree, build }) => ({ tree: tree.path, kernel: aboutBuilt(build) }),
  goals: () => [{ is: 'installed' }],
});

function aboutBuilt({ identity }: BuildFacts): AboutKernel {
  return { role: 'built', release: valueOr(identity.release, null), name: kernelName(identity) };
}

interface BootArgs {
  readonly why: string;
}

export const bootNotReadable = entry<BootArgs>({
  code: 'boot-not-readable',
  meaning: '/boot cannot be read, usually because it is not mounted. So the next boot cannot be predicted.',
  severities: ['notice'],
  when: (situation) => {
    const { images } = situation.snapshot.boot;
    if (images.known || (images.code !== 'not-mounted' && images.code !== 'denied')) return NOTHING;
    return [{ subject: '/boot', args: { why: images.detail } }];
  },
  severity: () => 'notice',
  title: ({ why }) => `The next boot cannot be predicted: ${why}`,
  text: () =>
    'Which kernel boots next, and whether modules will load on it, is known only when /boot can be read.',
  goals: () => [{ is: 'boot-mounted' }],
});
