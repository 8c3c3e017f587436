import { type Fact, known } from '../../model/fact.ts';
import type { Root } from '../root.ts';

const REPOSITORIES = '/var/db/repos';
/** The place of repositories and binary packages before 2019. */
const OLD_REPOSITORY = '/usr/portage';
const BINARY_PACKAGES = ['/var/cache/binpkgs', '/usr/portage/packages'];
const DOCKER = 'app-containers/docker';
const REPOSITORIES_MAX = 100;
const VERSION =
  /^docker-(\d+(?:\.\d+){1,2})(?:_p\d+)?(?:-r\d+)?(?:-\d+)?(?:\.ebuild|\.gpkg\.tar|\.xpak|\.tbz2)$/;

/**
 * The versions of Docker's engine that emerge could install: the ebuilds of all repositories, and the local binary
 * packages. Live ebuilds have no version. Masks are ignored.
 */
export function offeredEngines(root: Root): Fact<readonly string[]> {
  const repositories = root.list(REPOSITORIES);
  const names = repositories.known ? repositories.value.slice(0, REPOSITORIES_MAX) : [];
  const places = [
    ...[...names.map((name) => `${REPOSITORIES}/${name}`), OLD_REPOSITORY].map((path) => `${path}/${DOCKER}`),
    ...BINARY_PACKAGES.flatMap((path) => [`${path}/app-containers`, `${path}/${DOCKER}`]),
  ];
  const found = new Set<string>();
  for (const place of places) {
    const files = root.list(place);
    if (!files.known) continue;
    for (const file of files.value) {
      const version = VERSION.exec(file)?.[1];
      if (version !== undefined && !version.startsWith('9999')) found.add(version);
    }
  }
  return known([...found].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })));
}
