import type { ModuleFile } from '../../model/module.ts';
import { isModuleName, moduleName } from '../../model/module-name.ts';
import type { Root } from '../root.ts';
import { isOfKernel, type ReleaseLists } from './modules-of-nobody.ts';

const NEEDED_MAX = 256;

interface Needed {
  /** Not the kernel's own: made by hand, or left behind by another package. Only they themselves list their exports. */
  readonly foreign: readonly string[];
  /** The kernel's own that need one that is not the kernel's own. */
  readonly between: readonly string[];
}

/** The modules that `modules` need and that may differ from those that were compiled with the kernel. */
export function neededPaths(
  root: Root,
  directory: string,
  lists: ReleaseLists,
  modules: readonly ModuleFile[],
): Needed {
  const { index } = lists;
  if (!index.known) return { foreign: [], between: [] };
  const isOwn = (path: string): boolean => path.startsWith('kernel/') && isOfKernel(lists, path) !== false;
  const text = index.value;
  const seen = new Set(modules.map(({ name }) => name));
  const below = (path: string): string => path.slice(directory.length + 1);
  const chains = modules
    .filter(({ indexed }) => indexed === true)
    .map(({ path }) => dependencies(text, below(path)))
    .filter((chain) => !chain.every(isOwn));
  const all = new Set(chains.flat());
  const there = (paths: readonly string[]): string[] =>
    paths
      .filter((path) => !seen.has(moduleName(path)))
      .slice(0, NEEDED_MAX)
      .map((path) => `${directory}/${path}`)
      .filter((path) => isModuleName(moduleName(path)) && root.lstat(path).known);
  return {
    foreign: there([...all].filter((path) => !isOwn(path))),
    between: there([...all].filter((path) => isOwn(path) && !dependencies(text, path).every(isOwn))),
  };
}

/** The modules that a module needs, directly or not, by modules.dep. */
function dependencies(index: string, path: string): string[] {
  const start = index.startsWith(`${path}:`) ? 0 : index.indexOf(`\n${path}:`) + 1;
  const end = index.indexOf('\n', start);
  const line = index.slice(start, end === -1 ? undefined : end);
  const words = line.slice(path.length + 1).split(' ');
  return words.filter((word) => word !== '' && !word.startsWith('/') && !word.split('/').includes('..'));
}
