import type { ReleaseModules } from '../../model/module.ts';
import type { SelectedTree } from '../../model/tree.ts';
import { readAssigned } from '../portage/assigned.ts';
import type { Root } from '../root.ts';

/**
 * Where make.conf, or the environment before it, has the selected sources be compiled (KBUILD_OUTPUT, as
 * linux-info.eclass takes it), in the form in which a release under /lib/modules tells it; null: it names no directory
 * that is there. Whose build it is, its own symlink `source` tells; without one it is that of the selected sources.
 */
export function outputDirectory(
  root: Root,
  selected: SelectedTree,
): Pick<ReleaseModules, 'build' | 'source'> | null {
  const path = readAssigned(root, 'KBUILD_OUTPUT');
  const real = path === null ? null : root.resolve(path);
  if (real === null || !real.known) return null;
  const stat = root.stat(real.value);
  if (!stat.known || stat.value.type !== 'directory') return null;
  return { build: real.value, source: selected.state === 'tree' ? selected.path : null };
}
