import { normalize } from 'node:path';
import { INITRAMFS_TOOLS, type Initramfs, type Loader } from '../../model/boot.ts';
import { type Fact, known, type Unknown, unknown } from '../../model/fact.ts';
import type { BootFacts, BootImage, BootLink } from '../../model/image.ts';
import { contentsNotRead } from '../boot/initramfs-contents.ts';
import { findInitramfs } from '../boot/initramfs-files.ts';
import { readLastBoot } from '../boot/last-boot.ts';
import { readLoaders } from '../boot/read-loaders.ts';
import { readModuleLoading } from '../boot/read-module-loading.ts';
import { sourceOfFile } from '../bytes.ts';
import type { FstabEntry } from '../fstab.ts';
import type { Mount } from '../mounts.ts';
import type { Root } from '../root.ts';
import { type HashMemory, hashFile, NOT_HASHED, rememberedHash } from './hash-file.ts';
import { type IdentifiedImage, identifyImage } from './identify.ts';
import { findImageFiles, type ImageFile } from './image-files.ts';
import { companionRelease, isImageName } from './image-names.ts';

export interface BootInput extends HashInput {
  /** /etc/fstab, and below the current mounts (unknown if the root is not that of the running system). */
  readonly fstab: Fact<readonly FstabEntry[]>;
  readonly mounts: Fact<readonly Mount[]>;
}

export interface HashInput {
  /** Hashing reads every image whole. */
  readonly hashImages: boolean;
  /** If given, images are hashed in any case, but only new ones. */
  readonly hashes?: HashMemory | undefined;
}

const BOOT = '/boot';
const GRUB_MENU = '/boot/grub/grub.cfg';
/** Mount points of an EFI system partition; installkernel has the same list. */
const ESP = ['/efi', '/boot/efi', '/boot/EFI', '/esp'];

/**
 * The bootable kernel images, the symlinks to them, and the releases whose System.map or configuration is in /boot.
 * `images` is unknown (`not-mounted`) if /boot is in /etc/fstab and not mounted, or if nothing was found and the EFI
 * system partition is not mounted or cannot be read.
 */
export function readBoot(root: Root, input: BootInput): BootFacts {
  const unseen = [BOOT, ...ESP].filter((place) => isAway(root, input, place));
  const common = {
    unseen,
    lastBoot: readLastBoot(root),
    loading: readModuleLoading(root),
    initramfsTools: INITRAMFS_TOOLS.filter((tool) => isInstalled(root, tool)),
  };
  if (unseen.includes(BOOT))
    return {
      ...withoutMount(BOOT),
      links: [],
      releases: [],
      grubMenu: null,
      loaders: [],
      initramfs: [],
      ...common,
    };
  const names = root.list(BOOT);
  const inBoot = names.known ? names.value : [];
  const places = [...new Set([BOOT, ...espPlaces(input)])].filter((place) => !unseen.includes(place));
  const loaders = readLoaders(root, { mounts: input.mounts, fstab: input.fstab }, places);
  const read = readImages(root, input, names, loaders.flatMap(imagesOf));
  return {
    ...common,
    loaders,
    initramfs: readInitramfs(root, places, loaders, read.images),
    ...read,
    links: readLinks(root, inBoot, [BOOT, ...espPlaces(input)]),
    releases: [...new Set(inBoot.map(companionRelease).filter((release) => release !== null))],
    grubMenu: root.lstat(GRUB_MENU).known ? GRUB_MENU : null,
  };
}

/** A unified kernel image has its own initramfs. */
function readInitramfs(
  root: Root,
  places: readonly string[],
  loaders: readonly Loader[],
  images: BootFacts['images'],
): Initramfs[] {
  const unified = images.known ? images.value.filter(({ kind }) => kind === 'uki') : [];
  const paths = [...findInitramfs(root, places, loaders), ...unified.map(({ path }) => path)];
  return paths.toSorted().flatMap((path) => {
    const stat = root.stat(path);
    if (!stat.known || stat.value.type !== 'file') return [];
    const { id, size, mtime } = stat.value;
    return [{ path, id, size, mtime, contents: contentsNotRead(path) }];
  });
}

/** The kernels that a loader names, in any directory. */
function imagesOf({ entries }: Loader): string[] {
  return entries.flatMap(({ starts }) =>
    starts.what === 'kernel' && starts.image.path.known ? [starts.image.path.value] : [],
  );
}

function isInstalled(root: Root, program: string): boolean {
  return ['/usr/bin', '/usr/sbin', '/bin', '/sbin'].some((place) => root.lstat(`${place}/${program}`).known);
}

function withoutMount(place: string): Pick<BootFacts, 'images' | 'toMount'> {
  return { images: unknown('not-mounted', `${place} is in /etc/fstab and is not mounted`), toMount: place };
}

function readImages(
  root: Root,
  input: BootInput,
  inBoot: Fact<readonly string[]>,
  named: readonly string[],
): Pick<BootFacts, 'images' | 'toMount'> {
  const read = (images: Fact<readonly BootImage[]>) => ({ images, toMount: null });
  if (!inBoot.known && inBoot.code !== 'missing') return read(inBoot);
  const found = findImageFiles(root, [BOOT, ...espPlaces(input)], named);
  if (!found.known) return read(found);
  const { files, problems } = found.value;
  if (files.length > 0) return read(known(files.map((file) => readImage(root, file, input))));
  // Nothing found, but the kernels may be on a partition that is not mounted.
  const away = ESP.find((place) => isAway(root, input, place));
  if (away !== undefined) return withoutMount(away);
  if (problems[0] !== undefined) return read(problems[0]);
  return read(inBoot.known ? known([]) : inBoot);
}

/** Reads one image, in any directory. */
export function readImage(root: Root, { path, stat }: ImageFile, input: HashInput): BootImage {
  const found = root.withFile(path, (file) => known(identifyImage(sourceOfFile(file))));
  return {
    path,
    size: stat.size,
    mtime: stat.mtime,
    ...(found.known ? named(path, found.value) : unreadable(found)),
    hash: hashOf(root, path, input),
  };
}

function hashOf(root: Root, path: string, { hashImages, hashes }: HashInput): Fact<string> {
  if (hashes !== undefined) return rememberedHash(root, path, hashes);
  return hashImages ? hashFile(root, path) : NOT_HASHED;
}

function named(path: string, { kind, identity }: IdentifiedImage): IdentifiedImage {
  const withPath = (fact: Fact<string>) =>
    fact.known ? fact : unknown(fact.code, `${path}: ${fact.detail}`);
  return {
    kind,
    identity: {
      release: withPath(identity.release),
      utsVersion: withPath(identity.utsVersion),
      buildId: withPath(identity.buildId),
    },
  };
}

function unreadable(reason: Unknown): IdentifiedImage {
  return { kind: 'other', identity: { release: reason, utsVersion: reason, buildId: reason } };
}

function readLinks(root: Root, inBoot: readonly string[], places: readonly string[]): BootLink[] {
  const paths = inBoot.filter(isImageName).map((name) => `${BOOT}/${name}`);
  return [...paths, '/vmlinuz', '/vmlinuz.old', ...places].flatMap((path) => {
    const stat = root.lstat(path);
    if (!stat.known || stat.value.type !== 'symlink') return [];
    const target = root.resolve(path);
    return [{ path, target: target.known ? target.value : null, mtime: stat.value.mtime }];
  });
}

function espPlaces({ fstab }: BootInput): string[] {
  const listed = fstab.known ? fstab.value.map(({ mountPoint }) => plain(mountPoint)) : [];
  return [...new Set([...ESP, ...listed.filter((place) => place.startsWith(`${BOOT}/`))])];
}

/** Does fstab have a mount at this place that is not mounted now? */
function isAway(root: Root, { fstab, mounts }: BootInput, place: string): boolean {
  const listed = (mount: { readonly mountPoint: string }) => plain(mount.mountPoint) === place;
  if (!fstab.known || !fstab.value.some(listed)) return false;
  const here = mounts.known ? mounts.value.filter(listed) : [];
  if (here.some(({ type }) => type !== 'autofs')) return false;
  // Reading an automount point (x-systemd.automount) mounts the file system, if possible.
  return (mounts.known && here.length === 0) || !holdsFiles(root, place);
}

/** The test without a list of mounts. Portage leaves .keep files in directories under mount points. */
function holdsFiles(root: Root, directory: string): boolean {
  const names = root.list(directory);
  return names.known && names.value.some((name) => !name.startsWith('.keep'));
}

function plain(mountPoint: string): string {
  const path = normalize(mountPoint);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
