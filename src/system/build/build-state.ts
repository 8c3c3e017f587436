import type { BuildState } from '../../model/build.ts';
import type { Fact } from '../../model/fact.ts';
import type { Root } from '../root.ts';
import type { BuildProducts } from './build-products.ts';

/** What tells a build that runs from one that was broken off. */
export interface BuildActivity {
  /** ms since the epoch. */
  readonly now: number;
  /**
   * Directories in which make builds a kernel now; unknown where the processes cannot be seen. Asked only when
   * there are objects that no image was made from, because looking at all processes takes a while.
   */
  makes(): Fact<readonly string[]>;
}

/** Where the processes cannot be seen, a build that wrote something this short a time ago counts as running. */
const RECENT = 10 * 60_000;
/** Directories in which make writes objects all the time; the drivers take the longest. */
const BUSY = ['', 'arch', 'block', 'crypto', 'drivers', 'fs', 'init', 'kernel', 'lib', 'mm', 'net', 'sound'];

/** The state of the build in a directory, by what has been written there and when. */
export function buildState(
  root: Root,
  directory: string,
  { objects, vmlinux, image }: BuildProducts,
  activity: BuildActivity,
): BuildState {
  if (objects === null && vmlinux === null && image === null) return 'never';
  // make's rule, stage by stage: what was made from something is not older than that.
  if (image !== null && image >= (objects ?? 0) && image >= (vmlinux ?? 0)) return 'complete';
  const makes = activity.makes();
  const running = makes.known ? makes.value.includes(directory) : wroteLately(root, directory, activity.now);
  return running ? 'in-progress' : 'interrupted';
}

function wroteLately(root: Root, directory: string, now: number): boolean {
  const drivers = root.list(`${directory}/drivers`);
  const names = drivers.known ? drivers.value.map((name) => `drivers/${name}`) : [];
  return [...BUSY, ...names].some((name) => {
    const stat = root.stat(`${directory}/${name}`);
    return stat.known && stat.value.mtime > now - RECENT && stat.value.mtime <= now;
  });
}
