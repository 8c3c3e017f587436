import type { InstalledPackage, UserPatch } from '../../model/portage.ts';
import type { ReadProblem } from '../../model/snapshot.ts';
import type { Root } from '../root.ts';

const USER_PATCHES = '/etc/portage/patches';
const PATCH = /\.(?:patch|diff)$/;
const MOST = 1000;

/**
 * The patches under /etc/portage/patches for these packages: CATEGORY/{P-PR,P,PN}[:SLOT] (portage(5), eapply_user).
 * `appliesTo` is empty if no installed package uses the patch. Directories that cannot be listed are added to
 * `problems`.
 */
export function readUserPatches(
  root: Root,
  packages: readonly InstalledPackage[],
  problems: ReadProblem[],
): UserPatch[] {
  const patches: UserPatch[] = [];
  for (const category of namesIn(root, USER_PATCHES, problems)) {
    const relevant = packages.filter((installed) => installed.category === category);
    if (relevant.length === 0 && category !== 'sys-kernel') continue;
    for (const target of namesIn(root, `${USER_PATCHES}/${category}`, problems)) {
      const appliesTo = relevant.filter((installed) => isMeant(target, installed)).map(({ cpv }) => cpv);
      if (appliesTo.length === 0 && category !== 'sys-kernel') continue;
      for (const path of patchesIn(root, `${USER_PATCHES}/${category}/${target}`, problems)) {
        const stat = root.stat(path);
        if (!stat.known || stat.value.type !== 'file' || patches.length >= MOST) continue;
        patches.push({ path, target: `${category}/${target}`, mtime: stat.value.mtime, appliesTo });
      }
    }
  }
  return patches;
}

function isMeant(target: string, { name, version, slot }: InstalledPackage): boolean {
  const [who, wantedSlot] = target.split(':');
  const main = slot.known ? slot.value.split('/')[0] : undefined;
  if (wantedSlot !== undefined && wantedSlot !== main) return false;
  const withoutRevision = version.replace(/-r\d+$/, '');
  // Portage's PR of a version without revision is r0.
  const withRevision = withoutRevision === version ? `${version}-r0` : version;
  return [name, `${name}-${version}`, `${name}-${withoutRevision}`, `${name}-${withRevision}`].includes(
    who ?? '',
  );
}

function patchesIn(root: Root, directory: string, problems: ReadProblem[]): string[] {
  return namesIn(root, directory, problems)
    .filter((name) => PATCH.test(name))
    .map((name) => `${directory}/${name}`);
}

/** An unreadable directory could hold any patch, so it is reported. A file in its place holds none. */
function namesIn(root: Root, directory: string, problems: ReadProblem[]): readonly string[] {
  const names = root.list(directory);
  if (!names.known && names.code !== 'missing') problems.push({ path: directory, detail: names.detail });
  return names.known ? names.value.filter((name) => !name.startsWith('.')) : [];
}
