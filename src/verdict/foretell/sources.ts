import { known, unknown } from '../../model/fact.ts';
import type { Effect, Merge } from '../../model/merge.ts';
import { patchOverall } from '../../model/patch-overall.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ComponentState, KernelVersion, PatchFacts, Tree } from '../../model/tree.ts';
import { bringsSet } from '../plan/patch-route.ts';
import { changesKernel } from '../user-patches.ts';
import type { Change } from './change.ts';
import { flagsOf, replacedBy, siblingsOf, withMerged } from './packages.ts';

/**
 * A merge of kernel sources as kernel-2.eclass does it: the original files with the user's patches. The link moves with
 * USE=symlink, or where there is no link.
 */
export function bringSources(before: Snapshot, merge: Merge): Change {
  const path = treeOf(before, merge);
  const old = before.sources.trees.find((tree) => tree.path === path);
  const gone = replacedBy(before, merge).flatMap(({ trees }) => trees.filter((tree) => tree !== path));
  const snapshot = withMerged(before, merge, { trees: [path] });
  const [patch, how] = patchAfter(snapshot, merge, old);
  const tree: Tree = { ...(old ?? newTree(path, merge)), owner: merge.cpv, ...aufsIn(patch), patch };
  const others = snapshot.sources.trees.filter((other) => other.path !== path && !gone.includes(other.path));
  const trees = [...others, tree].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const [selected, moved] = selectedAfter(snapshot, merge, path);
  return {
    snapshot: { ...snapshot, sources: { selected, trees } },
    effects: [effectOnPatch(merge, path, old, how), ...moved],
  };
}

type Brought = 'original' | 'with-set' | 'with-user-patches';

function effectOnPatch(merge: Merge, path: string, old: Tree | undefined, how: Brought): Effect {
  const { cpv } = merge;
  switch (how) {
    case 'with-set':
      return { cpv, certainty: 'known', text: `installs ${path} with AUFS in it` };
    case 'with-user-patches': {
      const text = `installs ${path} with your patches; whether they apply is not known`;
      return { cpv, certainty: 'unknown', text };
    }
    case 'original': {
      if (old === undefined)
        return { cpv, certainty: 'known', text: `installs ${path}, without AUFS patches` };
      const { state } = patchOverall(old);
      const loss = state === 'whole' || state === 'partial' ? ': the AUFS patches in it are lost' : '';
      return { cpv, certainty: 'known', text: `brings the original files of ${path} back${loss}` };
    }
  }
}

function patchAfter(snapshot: Snapshot, merge: Merge, old: Tree | undefined): [PatchFacts, Brought] {
  const installed = snapshot.portage.packages.find(({ cpv }) => cpv === merge.cpv);
  const facts = { series: old?.patch.series ?? null, rejects: [], sets: old?.patch.sets ?? [] };
  const all = (state: ComponentState, touched: readonly string[]): PatchFacts => ({
    ...facts,
    components: { kbuild: state, base: state, mmap: state, standalone: state },
    touched,
  });
  if (installed !== undefined && bringsSet(installed))
    return [all({ ...PRESENT, appliedAt: snapshot.takenAt }, old?.patch.touched ?? []), 'with-set'];
  const own = snapshot.portage.userPatches.filter(
    ({ path, target }) => changesKernel(path) && isMeantFor(target, merge),
  );
  const [first] = own;
  if (first !== undefined) {
    const why = `whether ${first.path} applies is known once ${merge.cpv} is merged`;
    return [all({ state: 'unknown', why }, []), 'with-user-patches'];
  }
  return [all(ABSENT, []), 'original'];
}

const PRESENT = { state: 'present', how: 'markers', by: null, missing: [] } as const;
const ABSENT = { state: 'absent', how: 'markers', by: null, missing: [], appliedAt: null } as const;

/** portage(5): CATEGORY/PF, CATEGORY/P or CATEGORY/PN, each with a slot or without. */
function isMeantFor(target: string, { category, name, version, slot }: Merge): boolean {
  const [atom, wanted] = target.split(':');
  const names = [name, `${name}-${version}`, `${name}-${version.replace(/-r\d+$/, '')}`];
  return names.some((each) => atom === `${category}/${each}`) && (wanted ?? slot) === slot;
}

function aufsIn({ components }: PatchFacts): Pick<Tree, 'aufsVersion' | 'aufsSources'> {
  if (components.base.state === 'absent') return { aufsVersion: known(null), aufsSources: known(null) };
  const why = unknown('no-data', 'its package is not merged yet');
  return { aufsVersion: why, aufsSources: why };
}

/** With K_SYMLINK or USE=symlink the link moves; a missing link is made in any case (kernel-2_pkg_postinst). */
function selectedAfter(
  snapshot: Snapshot,
  merge: Merge,
  path: string,
): [Snapshot['sources']['selected'], Effect[]] {
  const { selected } = snapshot.sources;
  const { link } = selected;
  const moved = { state: 'tree', link, path, linkMtime: snapshot.takenAt } as const;
  const { cpv } = merge;
  if (selected.state === 'tree' && selected.path === path) return [selected, []];
  if (selected.state === 'absent')
    return [moved, [{ cpv, certainty: 'known', text: `points ${link} to ${path}` }]];
  const flags = flagsOf(snapshot, merge);
  if (flags?.includes('symlink') !== true) {
    const stays: Effect = {
      cpv,
      certainty: 'unknown',
      text: `may move ${link} (USE=symlink): the list does not show it`,
    };
    return [selected, flags === null ? [stays] : []];
  }
  const guess = merge.use === null ? ', if USE=symlink is still set' : ' (USE=symlink)';
  return [moved, [{ cpv, certainty: 'known', text: `moves ${link} to ${path}${guess}` }]];
}

/** The path of the sources: as their package has it, or named like those of another version. */
function treeOf({ portage }: Snapshot, merge: Merge): string {
  const [nearest] = siblingsOf(portage.packages, merge);
  const [path] = nearest?.trees ?? [];
  if (nearest !== undefined && path !== undefined) {
    if (nearest.cpv === merge.cpv) return path;
    const named = path.replace(releaseOf(nearest), releaseOf(merge));
    if (named !== path) return named;
  }
  return `/usr/src/linux-${releaseOf(merge)}`;
}

/** `6.1.192-gentoo-r1` of gentoo-sources-6.1.192-r1; vanilla-sources add no name (kernel-2.eclass). */
function releaseOf({ name, version }: Pick<Merge, 'name' | 'version'>): string {
  const [, number = version, revision = ''] = /^(.*?)(-r\d+)?$/.exec(version) ?? [];
  const own = name.replace(/-sources$/, '');
  return `${number.replace('_', '-')}${own === 'vanilla' ? '' : `-${own}`}${revision}`;
}

function newTree(path: string, merge: Merge): Omit<Tree, 'patch' | 'aufsVersion' | 'aufsSources'> {
  const version = versionOf(merge.version);
  return {
    path,
    kind: 'sources',
    version: version === null ? unknown('no-data', `${merge.cpv} is not merged yet`) : known(version),
    release: known(path.replace(/^.*\/linux-/, '')),
    config: unknown('missing', `there is no ${path}/.config`),
    owner: merge.cpv,
    builds: [],
  };
}

function versionOf(text: string): KernelVersion | null {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) return null;
  const [, version, patchlevel, sublevel = '0'] = match;
  return {
    version: Number(version),
    patchlevel: Number(patchlevel),
    sublevel: Number(sublevel),
    extraversion: '',
  };
}
