import type { Effect } from '../../model/merge.ts';
import type { InstalledPackage } from '../../model/portage.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { SelectedTree, SourcesFacts } from '../../model/tree.ts';
import { isKernel } from '../emerge.ts';
import type { Change } from './change.ts';

/**
 * What goes with a package: the files of kernel sources. Modules stay where they are, for Portage leaves what is under
 * /lib/modules (UNINSTALL_IGNORE, by default); they belong to nobody then.
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

/** What make has left in a tree stays: then the directory is there, and holds no sources. */
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
