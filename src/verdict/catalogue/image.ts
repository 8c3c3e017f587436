import type { BuildFacts } from '../../model/build.ts';
import { sameKernel } from '../../model/same-kernel.ts';
import type { Tree } from '../../model/tree.ts';
import { installKernel, mountBoot, reboot, rebuildModules } from '../remedies.ts';
import { isComplete, kernelName, type Situation } from '../situation.ts';
import { entry, NOTHING } from './entry.ts';

interface BuiltArgs {
  readonly situation: Situation;
  readonly tree: Tree;
  readonly build: BuildFacts;
}

export const kernelNotInstalled = entry<BuiltArgs>({
  code: 'kernel-not-installed',
  meaning: 'The kernel compiled from the selected sources is not among the images in /boot.',
  severities: ['warning'],
  when: (situation) => {
    const { tree, build } = situation;
    const { images } = situation.snapshot.boot;
    if (tree === null || build === null || !isComplete(build) || !images.known) return NOTHING;
    const answers = images.value.map((image) =>
      build.imageHash.known && image.hash.known && image.hash.value === build.imageHash.value
        ? 'same'
        : sameKernel(image.identity, build.identity),
    );
    if (answers.some((answer) => answer !== 'different')) return NOTHING;
    return [{ subject: tree.path, args: { situation, tree, build } }];
  },
  severity: () => 'warning',
  title: ({ build }) => `${kernelName(build.identity)} is compiled, but not installed`,
  text: ({ build }) =>
    `It was compiled in ${build.directory}. No image in /boot is that kernel: the next boot starts another one.`,
  remedy: ({ situation, tree, build }) => [
    ...installKernel(situation, tree, build),
    ...rebuildModules(situation),
    reboot('starts the new kernel'),
  ],
});

interface BootArgs {
  readonly situation: Situation;
  readonly why: string;
}

export const bootNotReadable = entry<BootArgs>({
  code: 'boot-not-readable',
  meaning:
    'What is in /boot cannot be read, mostly because it is not mounted: the next boot cannot be foretold.',
  severities: ['notice'],
  when: (situation) => {
    const { images } = situation.snapshot.boot;
    if (images.known || (images.code !== 'not-mounted' && images.code !== 'denied')) return NOTHING;
    return [{ subject: '/boot', args: { situation, why: images.detail } }];
  },
  severity: () => 'notice',
  title: ({ why }) => `The next boot cannot be foretold: ${why}`,
  text: () => 'Which kernel boots next, and whether modules load on it, is told once /boot can be read.',
  remedy: ({ situation }) => mountBoot(situation),
});
