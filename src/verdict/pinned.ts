import type { KernelIdentity } from '../model/build.ts';
import type { BootImage } from '../model/image.ts';
import type { Situation } from './situation.ts';

/** The pinned release, if it runs; null: none is pinned, or another one runs. */
export function pinnedAndRunning({ memory, running }: Pick<Situation, 'memory' | 'running'>): string | null {
  const { pinned } = memory;
  return pinned !== null && isOfRelease(running.identity, pinned) ? pinned : null;
}

export function isOfRelease({ release }: KernelIdentity, wanted: string): boolean {
  return release.known && release.value === wanted;
}

/** The images of a release, the newest first; empty where the images are not known. */
export function imagesOfRelease({ snapshot }: Pick<Situation, 'snapshot'>, release: string): BootImage[] {
  const { images } = snapshot.boot;
  if (!images.known) return [];
  return images.value
    .filter(({ identity }) => isOfRelease(identity, release))
    .toSorted((a, b) => b.mtime - a.mtime);
}
