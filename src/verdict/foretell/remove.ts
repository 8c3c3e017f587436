import type { Effect } from '../../model/merge.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { SelectedTree, SourcesFacts } from '../../model/tree.ts';
import { isKernel } from '../emerge.ts';
import type { Change } from './change.ts';

/**
 * Removes a package, and with it the files of kernel sources. Modules stay, because Portage keeps what is under /lib/modules
 * (UNINSTALL_IGNORE, by default); they have no owner then.
 */
export function removePackage(snapshot: Snapshot, installed: InstalledPackage): Change {
  const { cpv, trees, modules } = installed;
  const effects: Effect[] = [];
  if (modules.length > 0 && !isKernel(installed))
    effects.push({ cpv, certainty: 'known', text: 'is removed; its modules stay, and belong to no package' });
  if (trees.length === 0 || !isKernel(installed)) return { snapshot, effects };
  effects.push({
    cpv,
    certainty: 'known',
    text: `is removed, and the sources in ${trees.join(', ')} with it`,
  });
  return { snapshot: { ...snapshot, sources: withoutTrees(snapshot.sources, trees) }, effects };
}

/** Files that make wrote into a tree stay: then the directory still exists, without sources. */
function withoutTrees({ selected, trees }: SourcesFacts, gone: readonly string[]): SourcesFacts {
  const left = trees.filter(({ path }) => !gone.includes(path));
  if (selected.state !== 'tree' || !gone.includes(selected.path)) return { selected, trees: left };
  const { link, path } = selected;
  const wasCompiled = trees.some(
    (tree) => tree.path === path && tree.builds.some(({ directory }) => directory === path),
  );
  const after: SelectedTree = wasCompiled
    ? { state: 'not-a-tree', link, path }
    : { state: 'dangling', link, target: path };
  return { selected: after, trees: left };
}
