import { type Fact, unknown } from '../../model/fact.ts';
import type { FstabEntry } from '../fstab.ts';
import { type Mount, mountOf } from '../mounts.ts';
import type { Root } from '../root.ts';

/** The mounts of this machine. They map a path on a file system, as a boot loader has it, to a path of the root. */
export interface Places {
  readonly mounts: Fact<readonly Mount[]>;
  readonly fstab: Fact<readonly FstabEntry[]>;
}

/** How a boot loader names a file system. */
export type FilesystemName =
  /** The one that holds this file of the root. */
  | { readonly of: 'file'; readonly path: string }
  | { readonly of: 'uuid' | 'label' | 'partuuid'; readonly value: string }
  /** The name is unknown. */
  | { readonly of: 'nothing' };

const SEARCHED = ['/boot', '/efi', '/boot/efi', '/boot/EFI', '/esp', '/'];

/**
 * Maps a path on a file system, as a boot loader has it, to a file of the root. Subvolumes (`/@/boot/…`) and data sets
 * (`/ROOT/gentoo@/boot/…`) are removed. `missing`: the file does not exist; `no-data`: the file system is not mounted.
 */
export function fileOnFilesystem(
  root: Root,
  places: Places,
  name: FilesystemName,
  path: string,
): Fact<string> {
  const points = mountPointsOf(root, places, name);
  if (points.length === 0) return unknown('no-data', `${path} is on a file system that is not mounted here`);
  for (const candidate of candidatesFor(places, points, path)) {
    const found = root.resolve(candidate);
    if (found.known) return found;
    if (found.code !== 'missing' && found.code !== 'wrong-type') return found;
  }
  return unknown('missing', `${path} is not there`);
}

/** A menu names the same file system in each of its entries, so the result is kept for each scan. */
const FOUND = new WeakMap<Places, Map<string, readonly string[]>>();

/** Mount points where that file system may be, the likeliest first; only one where it is known. */
function mountPointsOf(root: Root, places: Places, name: FilesystemName): readonly string[] {
  const found = FOUND.get(places) ?? new Map<string, readonly string[]>();
  FOUND.set(places, found);
  const key = JSON.stringify(name);
  const before = found.get(key);
  if (before !== undefined) return before;
  const points = findMountPoints(root, places, name);
  found.set(key, points);
  return points;
}

function findMountPoints(root: Root, places: Places, name: FilesystemName): readonly string[] {
  if (name.of === 'file') return [mountPointOf(places, name.path)];
  if (name.of === 'nothing') return existing(root, places);
  const told = mountPointByName(root, places, name.of, name.value);
  if (told !== null) return told === '' ? [] : [told];
  return existing(root, places).filter((point) => !isOther(places, point, name));
}

/** Does fstab have another UUID, label or PARTUUID for the file system at this mount point? */
function isOther(
  { fstab }: Places,
  point: string,
  { of: kind, value }: Extract<FilesystemName, { value: string }>,
): boolean {
  const tag = `${kind.toUpperCase()}=`;
  const listed = fstab.known ? fstab.value.find(({ mountPoint }) => mountPoint === point) : undefined;
  const device = listed?.device.replaceAll('"', '') ?? '';
  return device.startsWith(tag) && device.slice(tag.length).toLowerCase() !== value.toLowerCase();
}

/** '': the file system is known, and not mounted; null: not known. */
function mountPointByName(
  root: Root,
  { mounts, fstab }: Places,
  kind: 'uuid' | 'label' | 'partuuid',
  value: string,
): string | null {
  const tag = `${kind.toUpperCase()}=${value}`.toLowerCase();
  const listed = fstab.known
    ? fstab.value.find(({ device }) => device.replaceAll('"', '').toLowerCase() === tag)
    : undefined;
  if (listed?.mountPoint.startsWith('/')) return listed.mountPoint;
  const directory = `/dev/disk/by-${kind}`;
  const link = root.resolve(`${directory}/${value}`);
  if (!mounts.known) return null;
  // udev has a link for each existing file system; without udev there is no such directory.
  if (!link.known) return link.code === 'missing' && root.lstat(directory).known ? '' : null;
  const devices = new Set([link.value]);
  const mount = mounts.value.find(
    ({ source }) =>
      devices.has(source) || (source.startsWith('/dev/') && sameDevice(root, source, link.value)),
  );
  return mount?.mountPoint ?? '';
}

function sameDevice(root: Root, source: string, device: string): boolean {
  const real = root.resolve(source);
  return real.known && real.value === device;
}

function existing(root: Root, { mounts, fstab }: Places): string[] {
  const mounted = mounts.known ? mounts.value : fstab.known ? fstab.value : [];
  const points = new Set(mounted.map(({ mountPoint }) => mountPoint));
  const own = SEARCHED.filter((point) => points.has(point));
  // Without a list of mounts, a directory counts as a mount point.
  const rest = SEARCHED.filter((point) => !points.has(point) && root.lstat(point).known);
  return [...own, ...rest];
}

/** The mount point above a path of this root. */
export function mountPointOf({ mounts, fstab }: Places, path: string): string {
  if (mounts.known) return mountOf(mounts.value, path)?.mountPoint ?? '/';
  const listed = fstab.known ? fstab.value.map(({ mountPoint }) => mountPoint) : [];
  const above = listed.filter(
    (point) => point.startsWith('/') && (point === path || path.startsWith(`${point}/`)),
  );
  return above.toSorted((a, b) => b.length - a.length)[0] ?? '/';
}

function candidatesFor({ mounts }: Places, points: readonly string[], path: string): string[] {
  const clean = path.replace(/\/{2,}/g, '/');
  return points.flatMap((point) => {
    const mount = mounts.known ? mounts.value.findLast(({ mountPoint }) => mountPoint === point) : undefined;
    const inside = mount === undefined ? clean : withoutSubvolume(clean, mount);
    return [...new Set([inside, clean, withoutPrefix(clean)])].map((rest) =>
      point === '/' ? rest : `${point}${rest}`,
    );
  });
}

/** Removes the mounted part of the file system from a path: `root` of mountinfo, or the data set of ZFS. */
function withoutSubvolume(path: string, { type, source, root }: Mount): string {
  const prefix = type === 'zfs' ? `/${source.slice(source.indexOf('/') + 1)}@` : root;
  return prefix !== '/' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
}

/** Removes a prefix that looks like a subvolume or data set, for unknown mounts: `/@/boot/…`, `/ROOT/gentoo@/boot/…`. */
function withoutPrefix(path: string): string {
  return path.replace(/^\/(?:[^@]*@[^/]*)(?=\/)/, '');
}

/** Names a file system by a file on it. */
export function filesystemOf(path: string): FilesystemName {
  return { of: 'file', path };
}
