import type { BuildState } from '../../model/build.ts';
import type { Fact } from '../../model/fact.ts';
import type { Root } from '../root.ts';
import type { BuildProducts } from './build-products.ts';

/** Distinguishes a running build from an interrupted one. */
export interface BuildActivity {
  /** ms since the epoch. */
  readonly now: number;
  /**
   * The directories in which make builds a kernel now; unknown if the processes cannot be read. Called only if there
   * are objects newer than the image: reading all processes takes a while.
   */
  makes(): Fact<readonly string[]>;
}

/** If the processes cannot be read, a build that wrote something within this time counts as running, ms. */
const RECENT = 10 * 60_000;
/** Directories in which make often writes objects. The drivers take the longest. */
const BUSY = ['', 'arch', 'block', 'crypto', 'drivers', 'fs', 'init', 'kernel', 'lib', 'mm', 'net', 'sound'];

/** The state of the build in a directory, by the times of its products. */
export function buildState(
  root: Root,
  directory: string,
  { objects, vmlinux, image }: BuildProducts,
  activity: BuildActivity,
): BuildState {
  if (objects === null && vmlinux === null && image === null) return 'never';
  // make's rule for each stage: a product is not older than its sources.
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
