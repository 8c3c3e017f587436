import type { Root } from './root.ts';

/**
 * Is emerge at work now? By the half-merged directories of its database, by the files that it publishes with
 * FEATURES="observability", and by the phases that run: each is a bash that reads Portage's ebuild.sh. An emerge that
 * only waits for an answer is none of these.
 */
export function isEmergeAtWork(root: Root, categories: readonly string[]): boolean {
  const published = root.list('/run/portage');
  if (
    published.known &&
    published.value.some((name) => /^emerge-\d+\.json$/.test(name) && isAlive(root, name))
  ) {
    return true;
  }
  const merging = categories.some((category) => {
    const names = root.list(`/var/db/pkg/${category}`);
    return names.known && names.value.some((name) => name.startsWith('-MERGING-'));
  });
  return merging || isPhaseRunning(root);
}

/** Between the setup of a package, which may patch the sources, and its merge nothing else tells of it. */
function isPhaseRunning(root: Root): boolean {
  const entries = root.list('/proc');
  if (!entries.known) return false;
  return entries.value.some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    const name = root.readText(`/proc/${entry}/comm`);
    if (!name.known || !/^(bash|ebuild\.sh)$/.test(name.value.trimEnd())) return false;
    const words = root.readText(`/proc/${entry}/cmdline`);
    return words.known && words.value.split('\0', 3).some((word) => word.endsWith('/ebuild.sh'));
  });
}

/** The file of an emerge that was killed stays behind. */
function isAlive(root: Root, name: string): boolean {
  const pid = /\d+/.exec(name)?.[0];
  // Without /proc nothing is known of the process; the bound on waiting covers that.
  return !root.lstat('/proc/self').known || root.lstat(`/proc/${pid}`).known;
}

/** The categories of the package database: the directories that a merge changes. */
export function packageCategories(root: Root): readonly string[] {
  const names = root.list('/var/db/pkg');
  return names.known ? names.value.filter((name) => !name.startsWith('.') && !name.startsWith('-')) : [];
}
