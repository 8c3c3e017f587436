import type { ModuleFile, ReleaseModules } from '../model/module.ts';
import type { LoadedModule } from '../model/running.ts';
import { chooseModule } from './choose-module.ts';
import type { Loadable } from './loadable/answer.ts';

/** The part of a kernel that is needed here. */
interface Running {
  readonly loaded: readonly LoadedModule[];
  readonly modules: ReleaseModules | null;
}

/**
 * Has this kernel loaded exactly this file and its dependencies? Compares build IDs, which are hashes of what was linked.
 */
export function isLoadedNow({ loaded, modules }: Running, file: ModuleFile): boolean {
  const all = [...(modules?.modules ?? []), ...(modules?.between ?? [])];
  const seen = new Set<ModuleFile>();
  return isIt(file);

  function isIt(candidate: ModuleFile): boolean {
    if (seen.has(candidate)) return true;
    seen.add(candidate);
    const module = loaded.find(({ name }) => name === candidate.name);
    if (module === undefined || !module.buildId.known || !candidate.info.known) return false;
    const { buildId, depends } = candidate.info.value;
    if (buildId === null || buildId !== module.buildId.value) return false;
    return depends.every((name) => {
      const needed = chooseModule(all, name.replaceAll('-', '_'));
      return needed === null || isIt(needed);
    });
  }
}

/**
 * That a module is loaded is evidence where the answer is not known. It does not override a refusal: a module can be forced into
 * a kernel, and loading can be restricted afterwards.
 */
export function loadedOr(answer: Loadable, isLoaded: () => boolean): Loadable {
  return answer.answer === 'unknown' && isLoaded() ? { answer: 'loads' } : answer;
}
