import type { BuildFacts } from '../../model/build.ts';
import { valueOr } from '../../model/fact.ts';
import { sameKernel } from '../../model/same-kernel.ts';
import type { Tree } from '../../model/tree.ts';
import { installAndBoot, mountBoot } from '../remedies.ts';
import { isComplete, kernelName, type Situation } from '../situation.ts';
import { entry, NOTHING } from './entry.ts';

interface BuiltArgs {
  readonly situation: Situation;
  readonly tree: Tree;
  readonly build: BuildFacts;
  /** No image was found at all. */
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
      : 'No image in /boot is that kernel: the next boot starts another one';
    return `It was compiled in ${build.directory}. ${images}.`;
  },
  remedy: ({ situation, tree, build }) => installAndBoot(situation, tree, build),
});

/** Is the kernel of the selected sources compiled, and no image of it anywhere? */
export function awaitsInstallation({ build, running, snapshot }: Situation): boolean {
  const { images } = snapshot.boot;
  if (build === null || !isComplete(build) || !images.known) return false;
  // It was booted from somewhere: over the network, by a virtual machine's host, from a place not looked at.
  if (images.value.length === 0 && sameKernel(running.identity, build.identity) === 'same') return false;
  const answers = images.value.map((image) =>
    build.imageHash.known && image.hash.known && image.hash.value === build.imageHash.value
      ? 'same'
      : sameKernel(image.identity, build.identity),
  );
  return answers.every((answer) => answer === 'different');
}

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
  text: () => 'Which kernel boots next, and whether modules load on it, is told once that can be read.',
  remedy: ({ situation }) => mountBoot(situation),
});
