import type { Snapshot } from '../model/snapshot.ts';
import type { Tree } from '../model/tree.ts';

/** The sources on this machine that made a kernel of that release, or would make it; null: there are none. */
export function treeOfRelease({ sources }: Snapshot, release: string): Tree | null {
  const trees = sources.trees.filter(({ version }) => version.known);
  return (
    trees.find((tree) => hasMade(tree, release)) ?? trees.find((tree) => wouldMake(tree, release)) ?? null
  );
}

function hasMade({ builds }: Tree, release: string): boolean {
  return builds.some(({ identity }) => identity.release.known && identity.release.value === release);
}

/** Of trees that were not read completely only the version and the built kernels are known. */
function wouldMake({ version }: Tree, wanted: string): boolean {
  if (!version.known) return false;
  const numbers = version.value;
  const own = `${numbers.version}.${numbers.patchlevel}.${numbers.sublevel}${numbers.extraversion}`;
  return wanted === own || (wanted.startsWith(own) && !/[\w.]/.test(wanted.charAt(own.length)));
}
