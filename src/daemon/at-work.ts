import type { Snapshot } from '../model/snapshot.ts';
import { findMakes } from '../system/build/make-processes.ts';
import { findPhase, isMerging, packageCategories } from '../system/emerge-activity.ts';
import { isAlive, listProcesses, type Process } from '../system/processes.ts';
import type { Root } from '../system/root.ts';

export interface AtWork {
  /** What changes the machine now, for the log: `make in /usr/src/linux (process 1234)`; null: nothing does. */
  current(): string | null;
}

export interface AtWorkOptions {
  root(): Root;
  /** Is this a directory in which a kernel of this machine is built? A make elsewhere does not count. */
  isKernelDirectory(directory: string): boolean;
  /** ms since the epoch. */
  now(): number;
}

interface Worker {
  readonly process: Process;
  readonly name: string;
}

/** Detects an emerge, or the build of a kernel, that is under way. */
export function detectWork({ root: openRoot, isKernelDirectory, now }: AtWorkOptions): AtWork {
  let last: Worker | null = null;
  return {
    current: () => {
      const root = openRoot();
      // To check one process is fast. To list all of them takes some ms, and a build takes an hour.
      if (last === null || !isAlive(root, last.process)) last = findWorker(root);
      if (last !== null) return `${last.name} (process ${last.process.pid})`;
      return isMerging(root, packageCategories(root), now()) ? 'emerge' : null;
    },
  };

  function findWorker(root: Root): Worker | null {
    const processes = listProcesses(root);
    const makes = findMakes(root, processes);
    const own = makes.known ? makes.value.find(({ directory }) => isKernelDirectory(directory)) : undefined;
    if (own !== undefined) return { process: own.process, name: `make in ${own.directory}` };
    const phase = processes.known ? findPhase(root, processes.value) : null;
    return phase === null ? null : { process: phase, name: 'a phase of emerge' };
  }
}

/** Can a kernel of this machine be built there: below /usr/src, in one of its trees, or where one was built before? */
export function isKernelDirectory(snapshot: Snapshot | null, directory: string): boolean {
  if (snapshot === null) return false;
  return (
    /^\/usr\/src\/[^/]+$/.test(directory) ||
    snapshot.sources.trees.some(
      ({ path, builds }) => path === directory || builds.some((build) => build.directory === directory),
    )
  );
}
