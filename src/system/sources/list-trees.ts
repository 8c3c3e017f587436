import type { ReleaseModules } from '../../model/module.ts';
import type { SelectedTree } from '../../model/tree.ts';
import type { Root } from '../root.ts';
import { readVersion, saysNoVersion } from './version.ts';

const SOURCES = '/usr/src';

/**
 * Every kernel tree, sorted: the directories /usr/src/linux-* whose Makefile states a kernel version, and from any
 * place the selected tree and those that a release under /lib/modules was compiled from. Symlinks in the paths are
 * resolved, so a tree with two names is listed once. A tree that a release was compiled from also counts if only
 * build products are left: Portage removes the sources with their package, and keeps the files that make created.
 */
export function listTrees(
  root: Root,
  selected: SelectedTree,
  releases: readonly Pick<ReleaseModules, 'build' | 'source'>[],
): readonly string[] {
  const trees = new Set<string>();
  if (selected.state === 'tree') trees.add(selected.path);
  const names = root.list(SOURCES);
  const named = (names.known ? names.value : []).filter((name) => name.startsWith('linux-'));
  const compiled = releases.flatMap(({ build, source }) => source ?? build ?? []);
  const add = (path: string, isOne: (root: Root, path: string) => boolean): void => {
    const real = root.resolve(path);
    if (real.known && !trees.has(real.value) && isOne(root, real.value)) trees.add(real.value);
  };
  for (const name of named) add(`${SOURCES}/${name}`, looksLikeTree);
  for (const path of compiled) add(path, (_, real) => looksLikeTree(root, real) || holdsProducts(root, real));
  return [...trees].sort();
}

/** Does it have the files that modules are checked against? */
function holdsProducts(root: Root, path: string): boolean {
  return root.lstat(`${path}/Module.symvers`).known && root.lstat(`${path}/include/config/auto.conf`).known;
}

/**
 * A directory whose Makefile cannot be read is a tree of unknown version. One whose Makefile states something else is
 * no tree.
 */
function looksLikeTree(root: Root, path: string): boolean {
  const version = readVersion(root, path);
  return version.known || !saysNoVersion(version);
}
