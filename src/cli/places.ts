import type { Paths } from '../daemon/paths.ts';
import { pathsFor } from '../daemon/paths-for.ts';
import type { MachineInvocation } from './command.ts';

/** The directories of the daemon: those of the user's own daemon first, then the system's. */
export function placesOf({ env, options }: Pick<MachineInvocation, 'env' | 'options'>): [Paths, ...Paths[]] {
  const root = options.root ?? '/';
  const own = pathsFor(env, process.getuid?.() ?? 0, root);
  const system = pathsFor({}, 0, root);
  return own.state === system.state ? [own] : [own, system];
}
