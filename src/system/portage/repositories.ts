import type { Root } from '../root.ts';

/** Portage's own file, then the administrator's: a file, or a directory of files (portage(5), repos.conf). */
const PLACES = ['/usr/share/portage/config/repos.conf', '/etc/portage/repos.conf'];
const SIZE_MAX = 64 * 1024;
const FILES_MAX = 64;

/** The location of each ebuild repository, by name; the last file that sets it counts. */
export function readRepositories(root: Root): ReadonlyMap<string, string> {
  const locations = new Map<string, string>();
  for (const path of PLACES.flatMap((place) => filesOf(root, place))) {
    const text = root.readText(path, SIZE_MAX);
    if (text.known) addLocations(locations, text.value);
  }
  return locations;
}

function filesOf(root: Root, place: string): string[] {
  const names = root.list(place);
  if (!names.known) return [place];
  // Portage skips these as well.
  const read = names.value.filter((name) => !name.startsWith('.') && !name.endsWith('~'));
  return read
    .toSorted()
    .slice(0, FILES_MAX)
    .map((name) => `${place}/${name}`);
}

function addLocations(locations: Map<string, string>, text: string): void {
  let section = '';
  for (const line of text.split('\n')) {
    section = /^\[([\w-]{1,64})\]\s*$/.exec(line)?.[1] ?? section;
    const location = /^location\s*[=:]\s*(\/[^%\p{Cc}]{0,1000}?)\/*\s*$/u.exec(line)?.[1];
    if (location !== undefined && section !== 'DEFAULT') locations.set(section, location);
  }
}
