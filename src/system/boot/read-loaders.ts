import { dirname } from 'node:path';
import type { Loader } from '../../model/boot.ts';
import type { Root } from '../root.ts';
import { readGrub } from './grub/read-grub.ts';
import { mountPointOf, type Places } from './places.ts';
import { readExtlinux } from './read-extlinux.ts';
import { readFirmware } from './read-firmware.ts';
import { readRaspberry } from './read-raspberry.ts';
import { readRefind } from './read-refind.ts';
import { readSystemdBoot } from './systemd-boot/read-systemd-boot.ts';

const GRUB = ['/boot/grub/grub.cfg', '/boot/grub2/grub.cfg'];
const EXTLINUX = [
  '/boot/extlinux/extlinux.conf',
  '/boot/extlinux.conf',
  '/extlinux/extlinux.conf',
  '/boot/syslinux/syslinux.cfg',
  '/syslinux/syslinux.cfg',
];

/** Every boot loader whose configuration is found, each once. `bases`: where EFI system partitions may be mounted. */
export function readLoaders(root: Root, places: Places, bases: readonly string[]): Loader[] {
  const partitions = partitionsOf(root, bases);
  const vendors = partitions.flatMap((base) => vendorsOf(root, base));
  const found = [
    readFirmware(root, places),
    ...[...GRUB, ...vendors.map((vendor) => `${vendor}/grub.cfg`)].map((path) =>
      readGrub(root, places, path),
    ),
    ...partitions.map((esp) => readSystemdBoot(root, esp, extendedOf(places, esp))),
    ...[...EXTLINUX, ...vendors.map((vendor) => `${vendor}/syslinux.cfg`)].map((path) =>
      readExtlinux(root, places, path),
    ),
    ...vendors.map((vendor) => readRefind(root, dirname(dirname(vendor)), `${vendor}/refind.conf`)),
    ...partitions.flatMap((base) => [readRaspberry(root, base), readRaspberry(root, `${base}/firmware`)]),
  ];
  const seen = new Set<string>();
  return found.filter((loader): loader is Loader => {
    if (loader === null || root.expired()) return false;
    const real = root.resolve(loader.config);
    const key = `${loader.kind} ${real.known ? real.value : loader.config}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The existing directories, each once: /boot/efi may be the EFI directory of /boot. */
function partitionsOf(root: Root, bases: readonly string[]): string[] {
  const seen = new Set<string>();
  return bases.flatMap((base) => {
    const real = root.resolve(base);
    const stat = real.known ? root.stat(real.value) : real;
    if (!real.known || !stat.known || stat.value.type !== 'directory' || seen.has(stat.value.id)) return [];
    seen.add(stat.value.id);
    return [real.value];
  });
}

/** The directories `EFI/VENDOR` of a partition, EFI in any case. */
function vendorsOf(root: Root, base: string): string[] {
  const names = root.list(base);
  const efi = names.known ? names.value.filter((name) => /^efi$/i.test(name)) : [];
  return efi.flatMap((directory) => {
    const vendors = root.list(`${base}/${directory}`);
    if (!vendors.known) return [];
    return vendors.value
      .slice(0, VENDORS_MAX)
      .map((vendor) => `${base}/${directory}/${vendor}`)
      .filter((path) => {
        const stat = root.lstat(path);
        return stat.known && stat.value.type === 'directory';
      });
  });
}

const VENDORS_MAX = 64;

/** The extended boot partition is mounted at /boot, and the EFI system partition elsewhere; null: there is none. */
function extendedOf(places: Places, esp: string): string | null {
  return esp !== '/boot' && mountPointOf(places, '/boot/loader') === '/boot' ? '/boot' : null;
}
