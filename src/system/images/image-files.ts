import { type Fact, known, type Unknown, unknown } from '../../model/fact.ts';
import { sourceOfFile } from '../bytes.ts';
import type { FileStat } from '../open-file.ts';
import type { Root } from '../root.ts';
import { looksLikeKernel } from './identify.ts';
import { isImageName, isPerhapsImage } from './image-names.ts';

export interface ImageFile {
  /** Symlinks resolved. */
  readonly path: string;
  readonly stat: FileStat;
}

export interface ImageFiles {
  /** Sorted by path, each file once. */
  readonly files: readonly ImageFile[];
  /** Why existing directories could not be read. */
  readonly problems: readonly Unknown[];
}

/** PNG, ICO, ICNS, JPEG, BMP and GIF. */
const PICTURES = ['\x89PNG', '\0\0\x01\0', 'icns', '\xff\xd8\xff', 'BM', 'GIF8'];
const PICTURE_MAX = 1024 * 1024;
/** Files and directories that are read. A boot partition has dozens. */
const VISITS_MAX = 1024;

/**
 * Finds the kernel images in the given directories (/boot, the EFI system partition):
 * - in the directory itself, by name or by content;
 * - in EFI/VENDOR/, where installkernel (layouts efistub and uki) and kernel-install (uki) put them;
 * - TOKEN/RELEASE/linux, type 1 of the Boot Loader Specification (kernel-install's layout bls);
 * - files that a boot loader names (`named`), and by name in `/`, which GRUB searches, too.
 * An empty file or a picture with the name of a kernel is none: icons and markers are next to kernels.
 */
export function findImageFiles(
  root: Root,
  bases: readonly string[],
  named: readonly string[] = [],
): Fact<ImageFiles> {
  const files = new Map<string, ImageFile>();
  const problems: Unknown[] = [];
  const seen = new Set<string>();
  let visits = 0;

  for (const path of named) add(path);
  for (const name of namesInTop()) {
    const stat = statOf(`/${name}`);
    if (stat?.type === 'file') add(`/${name}`);
  }
  for (const base of bases) {
    for (const name of namesIn(base, 'base')) {
      if (/^efi$/i.test(name)) visitVendors(`${base}/${name}`);
      else visitEntry(base, name, visitToken);
    }
  }
  if (root.expired()) return unknown('timeout', `there was no time to look through ${bases.join(', ')}`);
  if (visits > VISITS_MAX) return unknown('too-large', `there are too many files in ${bases.join(', ')}`);
  return known({ files: [...files.values()].sort(byPath), problems });

  /** Without symlinks: those in `/` point into /boot, like the links there. */
  function namesInTop(): readonly string[] {
    const names = root.list('/');
    const found = names.known ? names.value.filter((name) => isImageName(name) && !/\.efi$/i.test(name)) : [];
    return found.filter((name) => {
      const stat = root.lstat(`/${name}`);
      return stat.known && stat.value.type === 'file';
    });
  }

  function visitVendors(efi: string): void {
    for (const vendor of namesIn(efi, 'vendors')) {
      const directory = `${efi}/${vendor}`;
      for (const name of namesIn(directory, 'vendor')) visitEntry(directory, name, () => {});
    }
  }

  function visitToken(directory: string): void {
    for (const release of namesIn(directory, 'token')) add(`${directory}/${release}/linux`);
  }

  function visitEntry(directory: string, name: string, descend: (directory: string) => void): void {
    const named = isImageName(name);
    if (!named && !isPerhapsImage(name)) return;
    const path = `${directory}/${name}`;
    const stat = statOf(path);
    if (stat === null) return;
    if (stat.type === 'directory') descend(path);
    // Firmware and boot loaders are *.efi too.
    else if (isMarker(path, stat)) return;
    else if ((named && !/\.efi$/i.test(name)) || isKernel(path)) add(path);
  }

  function add(path: string): void {
    const real = root.resolve(path);
    if (!real.known || files.has(real.value)) return;
    const stat = statOf(real.value);
    if (stat !== null && stat.type !== 'directory') files.set(real.value, { path: real.value, stat });
  }

  /** Is it an empty file next to an image, or a picture of the system that the image starts? */
  function isMarker(path: string, stat: FileStat): boolean {
    if (stat.type !== 'file' || stat.size > PICTURE_MAX) return false;
    if (stat.size === 0) return true;
    const head = root.withFile(path, (file) => known(file.read(0, 4).toString('latin1')));
    return head.known && PICTURES.some((magic) => head.value.startsWith(magic));
  }

  function isKernel(path: string): boolean {
    const found = root.withFile(path, (file) => known(looksLikeKernel(sourceOfFile(file))));
    if (!found.known && found.code === 'denied') problems.push(found);
    return found.known && found.value;
  }

  /**
   * Empty if the directory is missing, or was read for the same purpose by another path: FAT takes EFI for efi.
   * /boot/efi is read twice: it is the EFI directory of /boot, or the mount point of an EFI system partition.
   */
  function namesIn(directory: string, as: 'base' | 'vendors' | 'vendor' | 'token'): readonly string[] {
    const stat = statOf(directory);
    if (stat === null || stat.type !== 'directory' || seen.has(`${as} ${stat.id}`)) return [];
    seen.add(`${as} ${stat.id}`);
    const names = root.list(directory);
    if (!names.known) problems.push(names);
    return names.known ? names.value : [];
  }

  function statOf(path: string): FileStat | null {
    if (visits++ >= VISITS_MAX || root.expired()) return null;
    const stat = root.stat(path);
    if (!stat.known && stat.code !== 'missing') problems.push(stat);
    return stat.known ? stat.value : null;
  }
}

function byPath(a: ImageFile, b: ImageFile): number {
  return a.path < b.path ? -1 : 1;
}
