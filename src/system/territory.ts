import { lstatSync } from 'node:fs';

/**
 * Who can change the names in a directory, and so how far a symlink there is followed.
 *
 * - `own`: only root, or the user of this process. A symlink there may lead anywhere.
 * - `shared`: everybody can add names, and nobody can replace those of others: a sticky directory, as /tmp.
 * - `foreign`: another user, here or in a directory above. `top` is the highest such directory, `owner` its user. A
 *   symlink there is not followed out of `top`: it could lead to a file that only root may read, and that would be
 *   published.
 */
export type Territory =
  | { readonly kind: 'own' }
  | { readonly kind: 'shared' }
  | { readonly kind: 'foreign'; readonly top: string; readonly owner: number };

/**
 * Returns a function that determines the territory of a directory by its path inside the root, which must have no
 * symlinks. It remembers the results. Throws the operating system's error.
 */
export function createTerritories(onHost: (inside: string) => string): (directory: string) => Territory {
  const known = new Map<string, Territory>();
  return territoryOf;

  function territoryOf(directory: string): Territory {
    const before = known.get(directory);
    if (before !== undefined) return before;
    const territory = find(directory);
    known.set(directory, territory);
    return territory;
  }

  function find(directory: string): Territory {
    const slash = directory.lastIndexOf('/');
    const above = directory === '/' ? OWN : territoryOf(directory.slice(0, slash) || '/');
    // A user who can replace a parent directory controls everything below it, whatever its owner.
    if (above.kind === 'foreign') return above;
    const { uid, gid, mode } = lstatSync(onHost(directory));
    if (!isOurs(uid)) return { kind: 'foreign', top: directory, owner: uid };
    if (!othersWrite(mode, gid)) return OWN;
    return (mode & STICKY) === 0 ? { kind: 'foreign', top: directory, owner: uid } : SHARED;
  }
}

/** Is the user root, or the user of this process? */
export function isOurs(uid: number): boolean {
  return uid === 0 || uid === US;
}

/** Is the path that directory, or below it? */
export function isWithin(path: string, directory: string): boolean {
  return directory === '/' || path === directory || path.startsWith(`${directory}/`);
}

const US = process.geteuid?.() ?? 0;
const OWN: Territory = { kind: 'own' };
const SHARED: Territory = { kind: 'shared' };
const STICKY = 0o1000;
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;

/**
 * Root's group is as trusted as root. With an ACL, the bits of the group are the most that the ACL grants to anybody.
 */
function othersWrite(mode: number, gid: number): boolean {
  return (mode & OTHERS_WRITE) !== 0 || ((mode & GROUP_WRITES) !== 0 && gid !== 0);
}
