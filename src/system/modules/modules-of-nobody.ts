import { endingPattern } from '../../model/compression.ts';
import type { Fact } from '../../model/fact.ts';
import { isModuleName, moduleName } from '../../model/module-name.ts';
import type { Root } from '../root.ts';

/** The two lists in /lib/modules/RELEASE. */
export interface ReleaseLists {
  /** Text of modules.dep: each module that depmod found. */
  readonly index: Fact<string>;
  /** The kernel's own modules, from modules.order as `make modules_install` wrote it; null: there is no such list. */
  readonly own: ReadonlySet<string> | null;
}

/** The paths in the text of modules.order; null: there are none. */
export function ownOf(order: Fact<string>): ReadonlySet<string> | null {
  return order.known && order.value.trim() !== '' ? new Set(order.value.split('\n')) : null;
}

/**
 * Nobody adds more modules by hand. With more, the list does not belong to these modules, or there are too many to
 * read.
 */
const FOUND_MAX = 64;
const DIRECTORIES_MAX = 64;
/** Names checked in total. A name that is no module costs an lstat. */
const NAMES_MAX = 10_000;
const DEPTH_MAX = 4;
const MODULE = new RegExp(`\\.ko${endingPattern('module')}$`);
/** They lead to the sources. depmod skips them too. */
const LINKS = new Set(['build', 'source']);

/**
 * The paths of modules that the kernel's own build did not install. Everything beside `kernel/` is read from the
 * disk: depmod may not have run since. `kernel/` has thousands of modules, so those are taken from modules.dep, and
 * modules.order lists the kernel's own among them.
 */
export function notOfKernel(root: Root, directory: string, lists: ReleaseLists): string[] {
  const beside = besideKernel(root, directory);
  const inside = insideKernel(lists).map((path) => `${directory}/${path}`);
  return [...beside, ...inside.filter((path) => root.lstat(path).known)].filter((path) =>
    isModuleName(moduleName(path)),
  );
}

/** Is a path inside the release one of the kernel's own modules? null: unknown. */
export function isOfKernel({ own }: Pick<ReleaseLists, 'own'>, path: string): boolean | null {
  return own === null ? null : own.has(plainPath(path));
}

function besideKernel(root: Root, directory: string): string[] {
  const found: string[] = [];
  let directories = 0;
  let checked = 0;
  const top = root.list(directory);
  for (const name of top.known ? top.value : []) {
    if (name === 'kernel' || LINKS.has(name) || name.startsWith('modules.')) continue;
    walk(`${directory}/${name}`, 0);
  }
  return found;

  function walk(path: string, depth: number): void {
    if (found.length >= FOUND_MAX || checked++ >= NAMES_MAX) return;
    if (MODULE.test(path)) found.push(path);
    else if (depth < DEPTH_MAX && directories < DIRECTORIES_MAX && isDirectory(root, path)) {
      directories++;
      const names = root.list(path);
      for (const name of names.known ? names.value : []) walk(`${path}/${name}`, depth + 1);
    }
  }
}

/** A symlink to a directory is not followed, as in depmod. */
function isDirectory(root: Root, path: string): boolean {
  const stat = root.lstat(path);
  return stat.known && stat.value.type === 'directory';
}

function insideKernel({ index, own }: ReleaseLists): string[] {
  if (!index.known || own === null) return [];
  // There are thousands of lines: one match for all, and a path that is in the other list needs no further check.
  const keys = index.value.match(KEYS_IN_KERNEL) ?? [];
  const found = keys.filter((path) => !own.has(path) && !own.has(plainPath(path)) && isClean(path));
  return found.length > FOUND_MAX ? [] : found;
}

/** The first path of a line of modules.dep. */
const KEYS_IN_KERNEL = /^kernel\/[^:\n]+(?=:)/gm;

function isClean(path: string): boolean {
  return !path.split('/').includes('..');
}

/** modules.order has the names before compression. */
function plainPath(path: string): string {
  const end = path.lastIndexOf('.ko.');
  return end === -1 ? path : path.slice(0, end + '.ko'.length);
}
