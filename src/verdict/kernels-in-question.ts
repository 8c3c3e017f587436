import type { KernelIdentity } from '../model/build.ts';
import type { BootFacts } from '../model/image.ts';
import { nextBoot } from './next-boot.ts';

/** The kernels that the verdict is about: the one that runs, and the one that boots next. */
export function kernelsInQuestion(
  running: KernelIdentity,
  boot: BootFacts,
  configuredImage: string | null,
  selectedRelease: string | null,
): KernelIdentity[] {
  const next = nextBoot({ boot, configured: configuredImage, selectedRelease, running });
  const images = boot.images.known ? boot.images.value : [];
  const image = next.kind === 'unknown' ? undefined : images.find(({ path }) => path === next.image);
  return [running, ...(image === undefined ? [] : [image.identity])];
}

/** Paths of the initramfs of the next boot; a unified kernel image contains its own. */
export function initramfsInQuestion(
  running: KernelIdentity,
  boot: BootFacts,
  configuredImage: string | null,
  selectedRelease: string | null,
): string[] {
  const next = nextBoot({ boot, configured: configuredImage, selectedRelease, running });
  if (next.kind === 'unknown') return [];
  return [next.image, ...next.initrds.flatMap(({ path }) => (path.known ? [path.value] : []))];
}
