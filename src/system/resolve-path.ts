import { lstatSync, readlinkSync } from 'node:fs';
import { normalize } from 'node:path';
import { type UnknownCode, unknown } from '../model/fact.ts';
import type { Recorder } from './rests/record.ts';
import { errorCode } from './system-error.ts';
import { createTerritories, isOurs, isWithin, type Territory } from './territory.ts';

/** Resolves paths inside a root, as chroot(2) would. Every path is as seen from inside the root. */
export interface Resolver {
  /**
   * The path with the symlinks of its directories resolved; with `followLast` that of its last part too. The last
   * part need not exist. Throws RefusedPath, and the operating system's error.
   */
  path(file: string, followLast: boolean): string;
  /** A directory with all symlinks resolved. The result is remembered. */
  directory(directory: string): string;
  /** Remembers that a directory is no symlink. */
  remember(directory: string, resolved: string): void;
  /** Who can change the names in a resolved directory. */
  territory(resolved: string): Territory;
  /** The same path on the host. Throws RefusedPath if it must not be accessed. */
  onHost(inside: string): string;
}

const SYMLINKS_MAX = 40; // path_resolution(7)

/**
 * Creates a resolver for the root that is this directory of the host. It remembers directories: create a new one for
 * each scan. `recorder` is called with each path that it reads on the way.
 */
export function createResolver(
  root: string,
  mustNotAsk: (host: string) => string | null,
  recorder: Pick<Recorder, 'way'>,
): Resolver {
  const directories = new Map<string, string>();
  const onHost = (inside: string): string => {
    const host = root === '/' ? inside : inside === '/' ? root : root + inside;
    const why = mustNotAsk(host);
    if (why !== null) throw new RefusedPath('timeout', why);
    return host;
  };
  const onTheWay = (inside: string): string => {
    const host = onHost(inside);
    recorder.way(host);
    return host;
  };
  const territory = createTerritories(onTheWay);
  return {
    path: (file, followLast) => resolve(file, followLast, 0),
    directory: (directory) => resolveDirectory(directory, 0),
    remember: (directory, resolved) => {
      directories.set(directory, resolved);
    },
    territory,
    onHost,
  };

  function resolve(file: string, followLast: boolean, depth: number): string {
    const clean = cleaned(file);
    if (clean === '/') return clean;
    const slash = clean.lastIndexOf('/');
    const parent = resolveDirectory(clean.slice(0, slash) || '/', depth);
    const here = below(parent, clean.slice(slash + 1));
    const link = followLast ? linkAt(onTheWay(here)) : null;
    if (link === null) return here;
    if (depth >= SYMLINKS_MAX)
      throw new RefusedPath('bad-link', `more than ${SYMLINKS_MAX} symlinks on the way to ${file}`);
    const { target } = link;
    const end = resolve(target.startsWith('/') ? target : `${parent}/${target}`, true, depth + 1);
    mustNotLeadOut(here, parent, link.owner, end);
    return end;
  }

  function resolveDirectory(directory: string, depth: number): string {
    const cached = directories.get(directory);
    if (cached !== undefined) return cached;
    const resolved = resolve(directory, true, depth);
    directories.set(directory, resolved);
    return resolved;
  }

  function mustNotLeadOut(link: string, parent: string, owner: number, end: string): void {
    const here = territory(parent);
    if (here.kind === 'own' || (here.kind === 'shared' && isOurs(owner))) return;
    const bound = here.kind === 'foreign' ? here.top : link;
    if (isWithin(end, bound)) return;
    throw new RefusedPath('denied', `${link} leads out of ${bound}, which is not root's alone`);
  }
}

/** A path that is not followed because of where it leads, or because the time is over. */
export class RefusedPath extends Error {
  readonly code: UnknownCode;

  constructor(code: UnknownCode, detail: string) {
    super(detail);
    this.code = code;
  }

  unknown() {
    return unknown(this.code, this.message);
  }
}

/** The path from `/`, without empty parts, `.`, `..` and a last slash. Few paths have any, and normalize() is slow. */
export function cleaned(file: string): string {
  if (file.startsWith('/') && !/\/[./]|\/$/.test(file)) return file;
  return normalize(`/${file}`).replace(/(.)\/$/, '$1');
}

export function below(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

/** The target and owner of a symlink; null: it is none. */
function linkAt(host: string): { readonly target: string; readonly owner: number } | null {
  try {
    // readlink alone would do, but it throws for each file that is no symlink, which costs more than reading the
    // file.
    const stats = lstatSync(host, { throwIfNoEntry: false });
    return stats?.isSymbolicLink() ? { target: readlinkSync(host), owner: stats.uid } : null;
  } catch (error) {
    // Any other error appears when the file itself is used.
    if (errorCode(error) === 'ELOOP') throw error;
    return null;
  }
}
