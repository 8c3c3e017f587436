import { lstatSync } from 'node:fs';

/**
 * Who can change what stands in a directory, and so how far a link there is believed.
 *
 * - `own`: only root, or the user who runs this program. A link there may lead anywhere.
 * - `shared`: everybody can add something, and nobody can exchange what is another's: a sticky one, as /tmp.
 * - `foreign`: somebody else, in this directory or in one above it. `top` is the highest of these and `owner` its user.
 *   A link there is not followed out of `top`: it could lead to what only root may read, and that would be published.
 */
export type Territory =
  | { readonly kind: 'own' }
  | { readonly kind: 'shared' }
  | { readonly kind: 'foreign'; readonly top: string; readonly owner: number };

/**
 * Tells the territory of directories by their paths inside the root, which hold no symlinks. It remembers them.
 * Throws the operating system's error.
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
    // Whoever can exchange a directory above has all that is below in his hands, whoever owns that.
    if (above.kind === 'foreign') return above;
    const { uid, gid, mode } = lstatSync(onHost(directory));
    if (!isOurs(uid)) return { kind: 'foreign', top: directory, owner: uid };
    if (!othersWrite(mode, gid)) return OWN;
    return (mode & STICKY) === 0 ? { kind: 'foreign', top: directory, owner: uid } : SHARED;
  }
}

/** Does this user count as much as the program itself? */
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

/** The group of root is root's own. With an ACL, these bits of the group are the most that it gives to anybody. */
function othersWrite(mode: number, gid: number): boolean {
  return (mode & OTHERS_WRITE) !== 0 || ((mode & GROUP_WRITES) !== 0 && gid !== 0);
}
