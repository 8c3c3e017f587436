import type { Paths } from '../daemon/paths.ts';
import { pathsFor } from '../daemon/paths-for.ts';
import type { Invocation } from './command.ts';

/** Where the past of a machine is kept: an ordinary user's own daemon first, then the system's. */
export function placesOf({ env, option }: Pick<Invocation, 'env' | 'option'>): [Paths, ...Paths[]] {
  const root = option('root') ?? '/';
  const own = pathsFor(env, process.getuid?.() ?? 0, root);
  const system = pathsFor({}, 0, root);
  return own.state === system.state ? [own] : [own, system];
}
