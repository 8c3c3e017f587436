import type { Disk } from './disk.ts';
import { type Build, configText, releaseOf } from './kernel.ts';
import { kernelImage, systemMap } from './vmlinux.ts';

/** A kernel image in /boot, with the System.map and config that installkernel puts beside it. */
export interface InstalledImage {
  /** `vmlinuz-6.1.192-gentoo`. */
  readonly name: string;
  readonly kernel: Build;
  readonly at: number;
}

export interface BootDirectory {
  readonly images: readonly InstalledImage[];
  /** Symlinks, as `vmlinuz` → `vmlinuz-6.1.192-gentoo`. */
  readonly links: Readonly<Record<string, string>>;
}

/** Writes what is in /boot. */
export function writeBoot(disk: Disk, boot: BootDirectory, at: number): void {
  disk.makeDirectory('/boot', at);
  for (const image of boot.images) writeImage(disk, image);
  for (const [name, target] of Object.entries(boot.links)) disk.link(`/boot/${name}`, target, at);
}

export function writeImage(disk: Disk, image: InstalledImage): void {
  const suffix = image.name.replace(/^[a-z]+-/i, '');
  disk.file(`/boot/${image.name}`, kernelImage(image.kernel), image.at);
  disk.file(`/boot/System.map-${suffix}`, systemMap(image.kernel), image.at);
  disk.file(`/boot/config-${suffix}`, configText(image.kernel, image.kernel.config), image.at);
}

export function imageNameOf(kernel: Build): string {
  return `vmlinuz-${releaseOf(kernel)}`;
}
