import type { Disk } from './disk.ts';
import { grubMenu } from './grub-menu.ts';
import { type Build, configText, releaseOf } from './kernel.ts';
import { kernelImage, systemMap } from './vmlinux.ts';

/** A kernel image in /boot, with the System.map and config that installkernel installs with it. */
export interface InstalledImage {
  /** `vmlinuz-6.1.192-gentoo`. */
  readonly name: string;
  readonly kernel: Build;
  readonly at: number;
}

export interface BootDirectory {
  readonly images: readonly InstalledImage[];
  /** Symlinks, such as `vmlinuz` → `vmlinuz-6.1.192-gentoo`. */
  readonly links: Readonly<Record<string, string>>;
  /** null: no boot loader. undefined: GRUB's menu of these images, made when the newest of them was installed. */
  readonly menu?: GrubMenu | null;
}

/** A menu that was made at another time, from other images. */
export interface GrubMenu {
  readonly images: readonly InstalledImage[];
  readonly at: number;
}

/** Writes /boot. */
export function writeBoot(disk: Disk, boot: BootDirectory, at: number, isMounted: boolean): void {
  disk.makeDirectory('/boot', at);
  for (const image of boot.images) writeImage(disk, image);
  for (const [name, target] of Object.entries(boot.links)) disk.link(`/boot/${name}`, target, at);
  writeMenu(disk, boot, isMounted);
}

/** Writes /boot/grub/grub.cfg. `isMounted`: /boot is its own file system, and paths are relative to it. */
export function writeMenu(disk: Disk, boot: BootDirectory, isMounted: boolean): void {
  if (boot.menu === null || boot.images.length === 0) return;
  const { images, at } = boot.menu ?? {
    images: boot.images,
    at: Math.max(...boot.images.map((image) => image.at)),
  };
  disk.file('/boot/grub/grub.cfg', grubMenu({ ...boot, images }, isMounted ? '' : '/boot'), at);
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
