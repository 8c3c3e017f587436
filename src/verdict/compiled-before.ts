import { sameKernel } from '../model/same-kernel.ts';
import type { Tree } from '../model/tree.ts';
import type { Situation } from './situation.ts';

/**
 * Of a tree that holds no compiled kernel: was one compiled there, and what is left? `cleaned`: `make clean` took the
 * objects and left what modules are built against (its generated headers are those of an installed kernel). `gone`: a
 * kernel of its release is installed or runs, or /lib/modules/RELEASE leads here, and nothing of it is left, as after
 * `make mrproper` or where the sources were merged anew. `never`: nothing speaks of one.
 */
export function compiledBefore({ snapshot }: Situation, tree: Tree): 'cleaned' | 'gone' | 'never' {
  const images = snapshot.boot.images.known ? snapshot.boot.images.value : [];
  const kernels = [snapshot.running.identity, ...images.map((image) => image.identity)];
  const isCleaned = tree.builds.some(
    ({ identity, builtConfig }) =>
      builtConfig.known && kernels.some((kernel) => sameKernel(kernel, identity) === 'same'),
  );
  if (isCleaned) return 'cleaned';
  // mrproper takes .config as well, and with it the part of the release that stood there.
  const isLedHere = snapshot.modules.some(({ build, source }) => build === tree.path || source === tree.path);
  const { release } = tree;
  const isKnown = kernels.some(
    (kernel) => release.known && kernel.release.known && kernel.release.value === release.value,
  );
  return isKnown || isLedHere ? 'gone' : 'never';
}
