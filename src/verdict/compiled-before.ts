import { sameKernel } from '../model/same-kernel.ts';
import type { Tree } from '../model/tree.ts';
import type { Situation } from './situation.ts';

/**
 * For a tree without a compiled kernel: was one compiled there, and what is left? `cleaned`: `make clean` removed the objects
 * and left what modules are built against (its generated headers are those of an installed kernel). `gone`: nothing is left,
 * as after `make mrproper` or a new merge of the sources, but a kernel of its release is installed or runs, or
 * /lib/modules/RELEASE points here. `never`: there is no sign of one.
 */
export function compiledBefore({ snapshot }: Situation, tree: Tree): 'cleaned' | 'gone' | 'never' {
  const images = snapshot.boot.images.known ? snapshot.boot.images.value : [];
  const kernels = [snapshot.running.identity, ...images.map((image) => image.identity)];
  const isCleaned = tree.builds.some(
    ({ identity, builtConfig }) =>
      builtConfig.known && kernels.some((kernel) => sameKernel(kernel, identity) === 'same'),
  );
  if (isCleaned) return 'cleaned';
  // mrproper removes .config as well, and with it the part of the release that was set there.
  const isLedHere = snapshot.modules.some(({ build, source }) => build === tree.path || source === tree.path);
  const { release } = tree;
  const isKnown = kernels.some(
    (kernel) => release.known && kernel.release.known && kernel.release.value === release.value,
  );
  return isKnown || isLedHere ? 'gone' : 'never';
}
