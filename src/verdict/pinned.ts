import type { KernelIdentity } from '../model/build.ts';
import type { BootImage } from '../model/image.ts';
import type { Situation } from './situation.ts';

/** The release that the user stays on, where it is the one that runs; null: none is pinned, or another one runs. */
export function pinnedAndRunning({ memory, running }: Pick<Situation, 'memory' | 'running'>): string | null {
  const { pinned } = memory;
  return pinned !== null && isOfRelease(running.identity, pinned) ? pinned : null;
}

export function isOfRelease({ release }: KernelIdentity, wanted: string): boolean {
  return release.known && release.value === wanted;
}

/** The images of a release, the newest first; unknown images are none. */
export function imagesOfRelease({ snapshot }: Pick<Situation, 'snapshot'>, release: string): BootImage[] {
  const { images } = snapshot.boot;
  if (!images.known) return [];
  return images.value
    .filter(({ identity }) => isOfRelease(identity, release))
    .toSorted((a, b) => b.mtime - a.mtime);
}
