import { type Fact, unknown } from '../../model/fact.ts';
import type { FstabEntry } from '../fstab.ts';
import { type Mount, mountOf } from '../mounts.ts';
import type { Root } from '../root.ts';

/** What is mounted where, as far as it tells which file a path on a file system of its own stands for. */
export interface Places {
  readonly mounts: Fact<readonly Mount[]>;
  readonly fstab: Fact<readonly FstabEntry[]>;
}

/** How a boot loader names a file system. */
export type FilesystemName =
  /** The one that this file of the root lies on. */
  | { readonly of: 'file'; readonly path: string }
  | { readonly of: 'uuid' | 'label' | 'partuuid'; readonly value: string }
  /** One that cannot be told. */
  | { readonly of: 'nothing' };

const SEARCHED = ['/boot', '/efi', '/boot/efi', '/boot/EFI', '/esp', '/'];

/**
 * The file inside the root that a boot loader means by a path on a file system. Subvolumes (`/@/boot/…`) and data sets
 * (`/ROOT/gentoo@/boot/…`) are taken off. Unknown: `missing` where it is not there, `no-data` where the file system is
 * none that is mounted here.
 */
export function fileOnFilesystem(
  root: Root,
  places: Places,
  name: FilesystemName,
  path: string,
): Fact<string> {
  const points = mountPointsOf(root, places, name);
  if (points.length === 0)
    return unknown('no-data', `${path} lies on a file system that is not mounted here`);
  for (const candidate of candidatesFor(places, points, path)) {
    const found = root.resolve(candidate);
    if (found.known) return found;
    if (found.code !== 'missing' && found.code !== 'wrong-type') return found;
  }
  return unknown('missing', `${path} is not there`);
}

/** Mount points where that file system may be, the likeliest first; only one where it is known. */
const FOUND = new WeakMap<Places, Map<string, readonly string[]>>();

/** Asked once for each file system of a look: a menu names the same one in each of its entries. */
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

/** Does fstab give the file system that is mounted there another name of this kind? */
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

/** '' : it is known, and not mounted here; null: nothing tells. */
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
  // udev keeps a link for each file system that there is; without udev there is no such directory.
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
  // Where no list tells, the directories stand for what may be mounted there.
  const rest = SEARCHED.filter((point) => !points.has(point) && root.lstat(point).known);
  return [...own, ...rest];
}

/** The mount point that a path of this root lies below. */
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

/** What is mounted is a part of the file system: `root` of mountinfo, or of ZFS the data set. */
function withoutSubvolume(path: string, { type, source, root }: Mount): string {
  const prefix = type === 'zfs' ? `/${source.slice(source.indexOf('/') + 1)}@` : root;
  return prefix !== '/' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
}

/** Where nothing tells what is mounted: `/@/boot/…`, `/root@/boot/…`, `/ROOT/gentoo@/boot/…`. */
function withoutPrefix(path: string): string {
  return path.replace(/^\/(?:[^@]*@[^/]*)(?=\/)/, '');
}

/** A name for the file system that a file lies on. */
export function filesystemOf(path: string): FilesystemName {
  return { of: 'file', path };
}
