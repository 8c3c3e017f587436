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
  const next = nextBoot(boot, configuredImage, selectedRelease);
  const images = boot.images.known ? boot.images.value : [];
  const image = next.known ? images.find(({ path }) => path === next.image) : undefined;
  return [running, ...(image === undefined ? [] : [image.identity])];
}
