import type { ReleaseModules } from '../../model/module.ts';
import type { SelectedTree } from '../../model/tree.ts';
import { readAssigned } from '../portage/assigned.ts';
import type { Root } from '../root.ts';

/**
 * KBUILD_OUTPUT of the environment or of make.conf, as linux-info.eclass uses it: where the selected sources are
 * compiled. In the form of a release under /lib/modules; null: it names no existing directory. The directory's
 * symlink `source` shows its sources; without one they are the selected ones.
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
