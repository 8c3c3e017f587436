import type { Snapshot } from '../model/snapshot.ts';
import { findMakes } from '../system/build/make-processes.ts';
import { findPhase, isMerging, packageCategories } from '../system/emerge-activity.ts';
import { isAlive, listProcesses, type Process } from '../system/processes.ts';
import type { Root } from '../system/root.ts';

/** What somebody is doing to that which is looked at. */
export interface Work {
  /** Is an emerge or the build of a kernel under way? */
  readonly busy: boolean;
  /** Directories in which a kernel is being built. */
  readonly builds: readonly string[];
}

export interface AtWork {
  look(): Work;
}

export interface AtWorkOptions {
  root(): Root;
  /** Is this where a kernel of this machine is built? make also builds what is nothing to us. */
  isKernelDirectory(directory: string): boolean;
  /** ms since the epoch. */
  now(): number;
}

/** Who works on for hours is asked only so often whether others have come, ms. */
const OTHERS = 10_000;

/** Asks the machine whether somebody is changing what is looked at. */
export function lookForWork({ root: openRoot, isKernelDirectory, now }: AtWorkOptions): AtWork {
  let seen: { readonly work: Work; readonly by: readonly Process[]; readonly at: number } | null = null;
  return {
    look: () => {
      const root = openRoot();
      const at = performance.now();
      // One process is soon asked; all of them take some ms, and a build goes on for an hour.
      const goesOn =
        seen !== null && at - seen.at < OTHERS && seen.by.some((process) => isAlive(root, process));
      if (seen === null || !goesOn) seen = { ...lookAround(root), at };
      return seen.work;
    },
  };

  function lookAround(root: Root): { readonly work: Work; readonly by: readonly Process[] } {
    const processes = listProcesses(root);
    const makes = findMakes(root, processes);
    const own = makes.known ? makes.value.filter(({ directory }) => isKernelDirectory(directory)) : [];
    const builds = [...new Set(own.map(({ directory }) => directory))];
    const phase = processes.known ? findPhase(root, processes.value) : null;
    const by = [...own.map(({ process }) => process), ...(phase === null ? [] : [phase])];
    const busy = by.length > 0 || isMerging(root, packageCategories(root), now());
    return { work: { busy, builds }, by };
  }
}

/** Where the kernels of this machine are built: its trees, what was made from them elsewhere, and what is new beside them. */
export function kernelDirectories(snapshot: Snapshot): (directory: string) => boolean {
  const { trees } = snapshot.sources;
  const known = new Set(
    trees.flatMap(({ path, builds }) => [path, ...builds.map((build) => build.directory)]),
  );
  return (directory) => known.has(directory) || /^\/usr\/src\/[^/]+$/.test(directory);
}
