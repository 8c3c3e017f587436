import { isOfSystem } from './process-owner.ts';
import { commandLine, type Process } from './processes.ts';
import type { Root } from './root.ts';

/** A half-merged directory older than this was left by an emerge that was killed, ms. */
const LEFT_BEHIND = 15 * 60_000;

/**
 * Does emerge run a merge now? Checked by the half-merged directories of the package database, and by the files that
 * emerge publishes with FEATURES="observability". `now`: ms since the epoch.
 */
export function isMerging(root: Root, categories: readonly string[], now: number): boolean {
  const published = root.list('/run/portage');
  if (
    published.known &&
    published.value.some((name) => /^emerge-\d+\.json$/.test(name) && isPublisherAlive(root, name))
  ) {
    return true;
  }
  return categories.some((category) => {
    const directory = `/var/db/pkg/${category}`;
    const isFresh = (path: string): boolean => {
      const stat = root.stat(path);
      return stat.known && now - stat.value.mtime < LEFT_BEHIND;
    };
    // In most categories nothing was merged lately, and this is checked once a minute.
    if (!isFresh(directory)) return false;
    const names = root.list(directory);
    const merging = names.known ? names.value.filter((name) => name.startsWith('-MERGING-')) : [];
    return merging.some((name) => isFresh(`${directory}/${name}`));
  });
}

/**
 * A running phase of an ebuild: a bash that reads Portage's ebuild.sh, run by root or Portage's user. Between the
 * setup of a package, which may patch the sources, and its merge nothing else shows that emerge works. An emerge that
 * only waits for an answer has none.
 */
export function findPhase(root: Root, processes: ReadonlyMap<number, Process>): Process | null {
  for (const process of processes.values()) {
    if (!/^(bash|ebuild\.sh)$/.test(process.name)) continue;
    const words = commandLine(root, process).slice(0, 3);
    if (words.some((word) => word.endsWith('/ebuild.sh')) && isOfSystem(root, process)) return process;
  }
  return null;
}

/** The file of a killed emerge stays, and any other process can get its PID. */
function isPublisherAlive(root: Root, name: string): boolean {
  const pid = Number(/\d+/.exec(name)?.[0]);
  // Without /proc nothing is known of the process. The limit on waiting covers that.
  return !root.lstat('/proc/self').known || isOfSystem(root, { pid });
}

/** The category directories of the package database. A merge changes them. */
export function packageCategories(root: Root): readonly string[] {
  const names = root.list('/var/db/pkg');
  return names.known ? names.value.filter((name) => !name.startsWith('.') && !name.startsWith('-')) : [];
}
