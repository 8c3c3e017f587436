import { basename } from 'node:path';
import { compressionOfBytes } from '../model/compression.ts';
import { type Fact, known, mapFact, unknown, valueOr } from '../model/fact.ts';
import { moduleName } from '../model/module-name.ts';
import type { RehearsedFile } from '../model/rehearsal.ts';
import { type FileInInitramfs, filesInInitramfs } from '../system/boot/initramfs/files-in-initramfs.ts';
import { modprobeFiles } from '../system/boot/read-module-loading.ts';
import { decompress } from '../system/decompress.ts';
import { MIB } from '../system/open-file.ts';
import type { Root } from '../system/root.ts';
import { crypto } from '../system/seldom.ts';
import { type LoadOrderTexts, loadOrder } from './load-order.ts';

/** A module for the guest. */
export interface GuestModule {
  readonly name: string;
  /** The file on disk, or in the initramfs. */
  readonly file: RehearsedFile;
  /** Unpacked: the guest has no kmod. */
  readonly content: Buffer;
  /** Paths (as in `file`) of the modules that are loaded before it, in load order. */
  readonly needs: readonly string[];
}

export interface GuestModules {
  /** In load order, each once. */
  readonly modules: readonly GuestModule[];
  /** Those that cannot be tried, with the reason. */
  readonly left: readonly { readonly path: string; readonly detail: string }[];
}

const INDEX_MAX = 16 * MIB;
const MODULE_MAX = 256 * MIB;
/** Limit for all modules of one guest. */
const ALL_MAX = 1024 * MIB;

/** Modules of an initramfs that replace those on disk, by the path on disk. */
export type Held = ReadonlyMap<string, FileInInitramfs & { readonly member: string }>;

const NONE_HELD: Held = new Map();

/** The modules at these paths and all that modprobe loads before them, from the disk or from the initramfs. */
export function guestModules(
  root: Root,
  directory: string,
  paths: readonly string[],
  held: Held = NONE_HELD,
): GuestModules {
  const order = loadOrder(orderTexts(root, directory));
  const read = new Map<string, GuestModule>();
  const left: { path: string; detail: string }[] = [];
  let size = 0;
  for (const path of paths) {
    const chain = order.of(path.slice(directory.length + 1)).map((each) => `${directory}/${each}`);
    const missing = chain.filter((each) => !read.has(each)).map((each) => [each, readIn(each)] as const);
    const failed = missing.find(([, module]) => !module.known);
    if (failed !== undefined) left.push({ path, detail: failed[1].known ? '' : failed[1].detail });
    else for (const [each, module] of missing) if (module.known) read.set(each, module.value);
  }
  return { modules: [...read.values()], left };

  function readIn(path: string): Fact<GuestModule> {
    const inside = held.get(path);
    const found = inside === undefined ? readModuleFile(root, path) : moduleOf(inside.member, inside);
    if (!found.known) return found;
    size += found.value.content.length;
    if (size > ALL_MAX) return unknown('too-large', 'all modules together are too large for one rehearsal');
    const needs = order.of(path.slice(directory.length + 1)).slice(0, -1);
    const places = needs.map((each) => `${directory}/${each}`);
    return known({ ...found.value, needs: places.map((place) => held.get(place)?.member ?? place) });
  }
}

function orderTexts(root: Root, directory: string): LoadOrderTexts {
  const text = (name: string): string => valueOr(root.readText(`${directory}/${name}`, INDEX_MAX), '');
  const configured = modprobeFiles(root);
  // kmod sorts all files by name, including modules.softdep of depmod.
  const files = [...configured, { path: 'modules.softdep', text: text('modules.softdep') }];
  return {
    dep: text('modules.dep'),
    softdeps: files
      .toSorted((a, b) => (basename(a.path) < basename(b.path) ? -1 : 1))
      .map((file) => file.text),
    aliases: configured.map((file) => file.text),
    indexedAliases: () => text('modules.alias'),
    symbols: () => text('modules.symbols'),
  };
}

function readModuleFile(root: Root, path: string): Fact<Omit<GuestModule, 'needs'>> {
  return root.withFile(path, ({ stat, read }) => {
    if (stat.size > MODULE_MAX) return unknown('too-large', `${path} is larger than ${MODULE_MAX} bytes`);
    return moduleOf(path, { content: read(0, stat.size), mtime: stat.mtime });
  });
}

function moduleOf(
  path: string,
  { content: bytes, mtime }: FileInInitramfs,
): Fact<Omit<GuestModule, 'needs'>> {
  const hash = crypto().createHash('sha256').update(bytes).digest('hex');
  const file = { path, size: bytes.length, mtimeMs: mtime, hash };
  const compression = compressionOfBytes(bytes, 'initramfs module');
  const content = compression === null ? known(bytes) : decompress(bytes, compression);
  return mapFact(content, (plain) => ({ name: moduleName(path), file, content: plain }));
}

/** Reads the modules of an initramfs that replace those on disk. Unknown if the initramfs cannot be read or lacks one. */
export async function heldModules(
  root: Root,
  initramfs: string,
  modules: readonly { readonly disk: string; readonly member: string }[],
): Promise<Fact<Held>> {
  const members = new Set(modules.map(({ member }) => member));
  const files = await filesInInitramfs(root, initramfs, members, MODULE_MAX);
  if (!files.known) return files;
  const held = new Map<string, FileInInitramfs & { readonly member: string }>();
  for (const { disk, member } of modules) {
    const file = files.value.get(member);
    if (file === undefined) return unknown('missing', `${initramfs} no longer holds ${member}`);
    held.set(disk, { ...file, member });
  }
  return known(held);
}

/** Path of the module with this name in a release's directory; null: depmod lists none. */
export function modulePathOf(root: Root, directory: string, name: string): string | null {
  const path = loadOrder(orderTexts(root, directory)).pathOf(name);
  return path === null ? null : `${directory}/${path}`;
}
