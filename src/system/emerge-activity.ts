import type { Root } from './root.ts';

/**
 * Is emerge changing the installed packages now? By the locks and half-merged directories of its database, and by
 * the files that it publishes with FEATURES="observability".
 */
export function isEmergeAtWork(root: Root, categories: readonly string[]): boolean {
  const published = root.list('/run/portage');
  if (
    published.known &&
    published.value.some((name) => /^emerge-\d+\.json$/.test(name) && isAlive(root, name))
  ) {
    return true;
  }
  return categories.some((category) => {
    const names = root.list(`/var/db/pkg/${category}`);
    return names.known && names.value.some((name) => name.startsWith('-MERGING-'));
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
