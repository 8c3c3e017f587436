import type { ReleaseModules } from '../../model/module.ts';
import type { SelectedTree } from '../../model/tree.ts';
import type { Root } from '../root.ts';
import { readVersion, saysNoVersion } from './version.ts';

const SOURCES = '/usr/src';

/**
 * Every kernel tree: the directories /usr/src/linux-* whose Makefile states a kernel version, and wherever they are
 * the selected one and those that a release under /lib/modules was compiled from. Paths have their symlinks resolved,
 * so that a tree with two names is listed once. Of those that a release was compiled from, what is left counts as well: Portage
 * takes the sources out when their package is removed, and leaves what make has put there. Sorted.
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

/** Is there what modules are held against? */
function holdsProducts(root: Root, path: string): boolean {
  return root.lstat(`${path}/Module.symvers`).known && root.lstat(`${path}/include/config/auto.conf`).known;
}

/** A Makefile that may not be read leaves a tree of unknown version; one that says something else, none. */
function looksLikeTree(root: Root, path: string): boolean {
  const version = readVersion(root, path);
  return version.known || !saysNoVersion(version);
}
