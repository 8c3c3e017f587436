import { compressionOfPath } from '../../model/compression.ts';
import { type Fact, unknown } from '../../model/fact.ts';
import { PATCH_COMPONENTS, type PatchComponent } from '../../model/patch-component.ts';
import type { PortageFacts } from '../../model/portage.ts';
import { decompress } from '../decompress.ts';
import { MIB } from '../open-file.ts';
import type { Root } from '../root.ts';
import { type FileDiff, parsePatch } from './patch-file.ts';

/** A patch of the AUFS sets on this machine. */
export interface PatchAtHand {
  readonly path: string;
  /** null: several in one file, as in the ebuilds, or unknown. */
  readonly component: PatchComponent | null;
  /** The components in its titles. */
  readonly titled: readonly PatchComponent[];
  /** The branch in its title, as `6.1` or `5.10.82`; null: none. */
  readonly branch: string | null;
  readonly diffs: readonly FileDiff[];
}

const PATCH_NAME = /\.(?:patch|diff)(?:\.(?:gz|bz2|xz|zst))?$/;
/** The largest set, all in one, has 1.4 MB. */
const LIMIT = 8 * MIB;
const MOST_FILES = 100;
/** `aufs6.1 mmap patch`, the second line of each patch of the sets. It is never a line of a diff. */
const TITLES = /^(?![-+ ]).*?\baufs(\d[\w.+]*) (kbuild|base|mmap|proc_map|standalone) patch\b/gm;
/** How far into a file its first title is searched. */
const HEAD = 4096;
/** Optional patches that come with the sets: `aufs6.1 loopback patch`, `aufs6.1 lockdep patch`. */
const BESIDE = /\baufs\d[\w.+]* (?:loopback|lockdep) patch\b/;
/** `aufs4-mmap.patch`, `tmpfs-mmap.patch`. */
const COMPONENT_IN_NAME = /(?:^|[-_])(kbuild|base|mmap|proc_map|standalone)\.(?:patch|diff)/;

/**
 * The patches of AUFS at hand: those that its packages install (in their documentation), user patches, and those in
 * the configured directories. Files that are unreadable or no patches are skipped.
 */
export function patchesAtHand(
  root: Root,
  { packages, userPatches }: PortageFacts,
  directories: readonly string[],
): readonly PatchAtHand[] {
  const installed = packages.flatMap(({ patches }) => patches);
  const own = directories.flatMap((directory) => patchesIn(root, directory));
  const paths = [...new Set([...own, ...installed, ...userPatches.map(({ path }) => path)])];
  return paths.slice(0, MOST_FILES).flatMap((path) => readPatchFile(root, path) ?? []);
}

function patchesIn(root: Root, directory: string): string[] {
  const names = root.list(directory);
  if (!names.known) return [];
  return names.value.filter((name) => PATCH_NAME.test(name)).map((name) => `${directory}/${name}`);
}

function readPatchFile(root: Root, path: string): PatchAtHand | null {
  const text = readText(root, path);
  if (!text.known) return null;
  const found = [...text.value.matchAll(TITLES)];
  const titles = (found[0]?.index ?? HEAD) < HEAD ? found : [];
  const [title] = titles;
  if (title === undefined && BESIDE.test(text.value.slice(0, HEAD))) return null;
  const isOurs = title !== undefined || /aufs/i.test(path) || text.value.includes('+++ b/mm/prfile.c');
  if (!isOurs) return null;
  const diffs = parsePatch(text.value);
  if (!diffs.known) return null;
  const titled = titles.flatMap(([, , name = '']) => componentOf(name) ?? []);
  // Several patches of the set in one file: the first title has the branch, but not the component.
  const named = titles.length === 1 ? titled[0] : componentOf(COMPONENT_IN_NAME.exec(path)?.[1] ?? '');
  const component = titles.length > 1 ? null : (named ?? null);
  return { path, component, titled, branch: title?.[1] ?? null, diffs: diffs.value };
}

/** Latin-1, one character a byte: sources are not always UTF-8. */
function readText(root: Root, path: string): Fact<string> {
  const compression = compressionOfPath(path);
  const bytes = root.readBytes(path, LIMIT);
  const plain = compression === null || !bytes.known ? bytes : decompress(bytes.value, compression);
  if (!plain.known) return plain;
  if (plain.value.length > LIMIT) return unknown('too-large', `${path} unpacks to more than ${LIMIT} bytes`);
  return { known: true, value: plain.value.toString('latin1') };
}

/** Series before 3.8 have a proc_map patch instead of mmap. */
function componentOf(name: string): PatchComponent | null {
  if (name === 'proc_map') return 'mmap';
  return PATCH_COMPONENTS.find((component) => component === name) ?? null;
}
