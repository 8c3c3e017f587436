import { sameKernel } from '../model/same-kernel.ts';
import { isComplete, type Situation } from './situation.ts';

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
