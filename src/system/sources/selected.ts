import type { SelectedTree } from '../../model/tree.ts';
import type { Root } from '../root.ts';
import { readVersion, saysNoVersion } from './version.ts';

/**
 * The tree that the kernel directory (/usr/src/linux) selects. If it is a directory instead of a symlink, it selects
 * itself.
 */
export function readSelected(root: Root, kernelDirectory: string): SelectedTree {
  const link = kernelDirectory;
  const own = root.lstat(link);
  if (!own.known) {
    return own.code === 'missing'
      ? { state: 'absent', link }
      : { state: 'unknown', link, detail: own.detail };
  }
  const path = root.resolve(link);
  if (!path.known) {
    const target = root.readLink(link);
    // A loop leads nowhere, as a dangling symlink does.
    const leadsNowhere = path.code === 'missing' || path.code === 'bad-link';
    return leadsNowhere && target.known
      ? { state: 'dangling', link, target: target.value }
      : { state: 'unknown', link, detail: path.detail };
  }
  const version = readVersion(root, path.value);
  if (version.known) return { state: 'tree', link, path: path.value, linkMtime: own.value.mtime };
  return saysNoVersion(version)
    ? { state: 'not-a-tree', link, path: path.value }
    : { state: 'unknown', link, detail: version.detail };
}
