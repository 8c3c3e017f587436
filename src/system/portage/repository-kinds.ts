import type { Merge } from '../../model/merge.ts';
import type { PackageKind } from '../../model/portage.ts';
import type { Root } from '../root.ts';
import { kindsByEclass } from './kinds.ts';
import { readRepositories } from './repositories.ts';

const LOOKUPS_MAX = 500;
const TEXT_MAX = 256 * 1024;

/**
 * The merges with the kinds that their ebuilds show, for packages of which no version is installed. An unreadable
 * ebuild shows none.
 */
export function withRepositoryKinds(root: Root, merges: readonly Merge[]): Merge[] {
  const places = [...readRepositories(root).values()];
  let lookups = 0;
  return merges.map((merge) => {
    if (merge.kinds.length > 0 || merge.what === 'removed' || lookups++ >= LOOKUPS_MAX) return merge;
    for (const place of places) {
      const kinds = kindsIn(root, place, merge);
      if (kinds !== null) return { ...merge, kinds };
    }
    return merge;
  });
}

/** From the metadata cache (PMS 14.3), which lists the eclasses of each ebuild; else from the ebuild's text. */
function kindsIn(root: Root, place: string, { cpv, category, name }: Merge): PackageKind[] | null {
  const cached = root.readText(`${place}/metadata/md5-cache/${cpv}`, TEXT_MAX);
  if (cached.known) {
    const eclasses = /^_eclasses_=(.*)$/m.exec(cached.value)?.[1] ?? '';
    const names = eclasses.split('\t').filter((_, index) => index % 2 === 0);
    return kindsByEclass(name, names.join(' '));
  }
  const pf = cpv.slice(category.length + 1);
  const ebuild = root.readText(`${place}/${category}/${name}/${pf}.ebuild`, TEXT_MAX);
  if (!ebuild.known) return null;
  const inherited = [...ebuild.value.matchAll(/^\s*inherit\s+([^\n#]*)/gm)].map(([, words = '']) => words);
  return kindsByEclass(name, inherited.join(' '));
}
