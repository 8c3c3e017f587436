import { placeInside } from '../system/place.ts';
import { type Paths, pathsIn } from './paths.ts';

/** Where the daemon keeps things, as pathsIn() has it, with no way out of another root. */
export function pathsFor(env: NodeJS.ProcessEnv, uid: number, root: string): Paths {
  return pathsIn(env, uid, root, placeInside);
}
