import type { Snapshot } from '../model/snapshot.ts';
import { findMakes } from '../system/build/make-processes.ts';
import { findPhase, isMerging, packageCategories } from '../system/emerge-activity.ts';
import { isAlive, listProcesses, type Process } from '../system/processes.ts';
import type { Root } from '../system/root.ts';

export interface AtWork {
  /** Is an emerge or the build of a kernel under way? */
  busy(): boolean;
}

export interface AtWorkOptions {
  root(): Root;
  /** Is this where a kernel of this machine is built? make also builds what is nothing to us. */
  isKernelDirectory(directory: string): boolean;
  /** ms since the epoch. */
  now(): number;
}

/** Asks the machine whether somebody is changing what is looked at. */
export function detectWork({ root: openRoot, isKernelDirectory, now }: AtWorkOptions): AtWork {
  let seen: Process | null = null;
  return {
    busy: () => {
      const root = openRoot();
      // One process is soon asked; all of them take some ms, and a build goes on for an hour.
      if (seen === null || !isAlive(root, seen)) seen = whoWorks(root);
      return seen !== null || isMerging(root, packageCategories(root), now());
    },
  };

  function whoWorks(root: Root): Process | null {
    const processes = listProcesses(root);
    const makes = findMakes(root, processes);
    const own = makes.known ? makes.value.filter(({ directory }) => isKernelDirectory(directory)) : [];
    return own[0]?.process ?? (processes.known ? findPhase(root, processes.value) : null);
  }
}

/** Is a kernel of this machine built there: in one of its trees, where it was built before, or in what is new beside them? */
export function isKernelDirectory({ sources }: Snapshot, directory: string): boolean {
  return (
    /^\/usr\/src\/[^/]+$/.test(directory) ||
    sources.trees.some(
      ({ path, builds }) => path === directory || builds.some((build) => build.directory === directory),
    )
  );
}
