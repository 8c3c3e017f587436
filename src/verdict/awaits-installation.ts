import { sameKernel } from '../model/same-kernel.ts';
import { isComplete } from './kernel/kernel.ts';
import type { Situation } from './situation.ts';

/** Is the kernel of the selected sources compiled, but no image of it installed? */
export function awaitsInstallation({ build, running, snapshot }: Situation): boolean {
  const { images } = snapshot.boot;
  if (build === null || !isComplete(build) || !images.known) return false;
  // It was booted from elsewhere: over the network, by a virtual machine's host, or from a directory that is not read.
  if (images.value.length === 0 && sameKernel(running.identity, build.identity) === 'same') return false;
  const { builtAt } = build;
  // An image of unknown release that is older than the kernel is another kernel.
  const possible = images.value.filter(
    ({ identity, mtime }) => identity.release.known || !builtAt.known || mtime >= builtAt.value,
  );
  const answers = possible.map((image) =>
    build.imageHash.known && image.hash.known && image.hash.value === build.imageHash.value
      ? 'same'
      : sameKernel(image.identity, build.identity),
  );
  return answers.every((answer) => answer === 'different');
}
