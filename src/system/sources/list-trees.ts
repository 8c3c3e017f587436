import type { SelectedTree } from '../../model/tree.ts';
import type { Root } from '../root.ts';
import { readVersion } from './version.ts';

const SOURCES = '/usr/src';

/**
 * Every kernel tree: the directories /usr/src/linux-* whose Makefile states a kernel version, and the selected
 * one wherever it is. Paths have their symlinks resolved, so that a tree with two names is listed once. Sorted.
 */
export function listTrees(root: Root, selected: SelectedTree): readonly string[] {
  const trees = new Set<string>();
  if (selected.state === 'tree') trees.add(selected.path);
  const names = root.list(SOURCES);
  for (const name of names.known ? names.value : []) {
    if (!name.startsWith('linux-')) continue;
    const path = root.resolve(`${SOURCES}/${name}`);
    if (path.known && !trees.has(path.value) && looksLikeTree(root, path.value)) trees.add(path.value);
  }
  return [...trees].sort();
}

/** A Makefile that may not be read leaves a tree of unknown version; one that says something else, none. */
function looksLikeTree(root: Root, path: string): boolean {
  const version = readVersion(root, path);
  return version.known || version.code === 'denied' || version.code === 'io';
}
