import {
  closeSync,
  constants,
  type Dirent,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
} from 'node:fs';
import { normalize } from 'node:path';
import { type Fact, known, mapFact, unknown } from '../model/fact.ts';
import { type FileStat, type OpenFile, openedFile, ROOM, readWhole, toStat } from './open-file.ts';
import { errorCode, unknownByError } from './system-error.ts';

/**
 * Reading under one root directory. Every path given and returned is as seen from inside the root. Symlinks
 * are resolved as chroot(2) would: an absolute one starts at the root again, `..` stops there. Whatever cannot
 * be read is an Unknown, never an exception.
 */
export interface Root {
  /** The root on the host, `/` or a directory. */
  readonly path: string;
  /** Is this the running system's own root? */
  readonly isHost: boolean;
  /** Is the time that this look at the machine may take over? Long loops ask, and report `timeout`. */
  expired(): boolean;
  /** A whole text file, at most `limit` bytes (default 1 MiB). */
  readText(path: string, limit?: number): Fact<string>;
  readBytes(path: string, limit?: number): Fact<Buffer>;
  /**
   * Opens a regular file, hands it to `use`, closes it. Larger files than any limit can be read in parts.
   */
  withFile<T>(path: string, use: (file: OpenFile) => Fact<T>): Fact<T>;
  /**
   * For who passes over thousands of small files that say nothing to him: the file of one name in each directory of a
   * directory, in the order of their names. Nothing is asked of the files. Each may be no regular one, or have been
   * exchanged for one outside, so what says something is to be read as any other.
   */
  glance(path: string, file: string, look: (name: string, glance: Glance) => void): Fact<void>;
  /** Names in a directory, sorted; names that are not UTF-8 hold U+FFFD and cannot be opened. */
  list(path: string): Fact<readonly string[]>;
  /** Follows symlinks. */
  stat(path: string): Fact<FileStat>;
  /** Does not follow the last symlink. */
  lstat(path: string): Fact<FileStat>;
  /** mtime of what the path leads to, in whole nanoseconds: what a double cannot hold. */
  mtimeNs(path: string): Fact<bigint>;
  /** Target of a symlink as written. */
  readLink(path: string): Fact<string>;
  /** The path with every symlink resolved; unknown (`missing`) where that leads nowhere. */
  resolve(path: string): Fact<string>;
  /** The path on the host of something inside, symlinks resolved: for tools that need one. */
  hostPath(path: string): Fact<string>;
}

/** The bytes of a small file, as Latin-1; or that it is not there, or is to be read as any other. */
export type Glance = string | typeof MISSING | typeof UNCLEAR;
export const MISSING = Symbol('missing');
export const UNCLEAR = Symbol('unclear');

const SYMLINKS_MAX = 40; // path_resolution(7)

/** Opens a root. It remembers resolved directories, so make a new one for each look at the machine. */
export function openRoot(directory: string, expired: () => boolean = () => false): Root {
  const path = realpathSync(directory);
  const isHost = path === '/';
  const directories = new Map<string, string>();

  const root: Root = {
    path,
    isHost,
    expired,
    readText: (file, limit) => {
      const text = (open: OpenFile) => readWhole(file, open, limit, ROOM);
      return root.withFile(file, (open) => mapFact(text(open), (bytes) => bytes.toString('utf8')));
    },
    readBytes: (file, limit) => root.withFile(file, (open) => readWhole(file, open, limit)),
    withFile: (file, use) => attempt(file, () => useFile(file, use)),
    glance: (dir, file, look) => attempt(dir, () => known(glanceInto(cleaned(dir), file, look))),
    list: (dir) => attempt(dir, () => known(namesIn(cleaned(dir)))),
    stat: (file) => attempt(file, () => statOf(file, true)),
    lstat: (file) => attempt(file, () => statOf(file, false)),
    mtimeNs: (file) => attempt(file, () => known(lstatSync(toHost(file, true), { bigint: true }).mtimeNs)),
    readLink: (file) => attempt(file, () => known(readlinkSync(toHost(file, false)))),
    resolve: (file) =>
      attempt(file, () => {
        const inside = resolveInside(file, true);
        lstatSync(onHost(inside));
        return known(inside);
      }),
    hostPath: (file) => attempt(file, () => known(toHost(file, true))),
  };
  return root;

  function toHost(file: string, followLast: boolean): string {
    return onHost(resolveInside(file, followLast));
  }

  function onHost(inside: string): string {
    return isHost ? inside : path + inside;
  }

  function statOf(file: string, followLast: boolean): Fact<FileStat> {
    const stats = lstatSync(toHost(file, false), { throwIfNoEntry: false });
    if (stats === undefined) return unknownByError(file, 'ENOENT');
    if (!followLast || !stats.isSymbolicLink()) return known(toStat(stats));
    const target = lstatSync(toHost(file, true), { throwIfNoEntry: false });
    return target === undefined ? unknownByError(file, 'ENOENT') : known(toStat(target));
  }

  /** The path inside the root with the symlinks of its directories, and if asked of its last part, resolved. */
  function resolveInside(file: string, followLast: boolean, depth = 0): string {
    const clean = cleaned(file);
    if (clean === '/') return clean;
    const slash = clean.lastIndexOf('/');
    const parent = resolveDirectory(clean.slice(0, slash) || '/', depth);
    const here = below(parent, clean.slice(slash + 1));
    if (!followLast) return here;
    const target = linkTarget(onHost(here));
    if (target === null) return here;
    if (depth >= SYMLINKS_MAX) throw new BadLink(`more than ${SYMLINKS_MAX} symlinks on the way to ${file}`);
    return resolveInside(target.startsWith('/') ? target : `${parent}/${target}`, true, depth + 1);
  }

  function resolveDirectory(directoryInside: string, depth: number): string {
    const cached = directories.get(directoryInside);
    if (cached !== undefined) return cached;
    const resolved = resolveInside(directoryInside, true, depth);
    directories.set(directoryInside, resolved);
    return resolved;
  }

  function namesIn(directory: string): string[] {
    const inside = resolveDirectory(directory, 0);
    const entries = entriesIn(onHost(inside));
    for (const entry of entries) {
      if (entry.isDirectory()) directories.set(below(directory, entry.name), below(inside, entry.name));
    }
    return entries.map(({ name }) => name).sort();
  }

  function glanceInto(directory: string, file: string, look: (name: string, glance: Glance) => void): void {
    const host = onHost(resolveDirectory(directory, 0));
    for (const entry of entriesIn(host).sort((a, b) => (a.name < b.name ? -1 : 1)))
      look(entry.name, entry.isDirectory() ? glanceAt(`${host}/${entry.name}/${file}`) : UNCLEAR);
  }

  function useFile<T>(file: string, use: (open: OpenFile) => Fact<T>): Fact<T> {
    const fd = openInside(file);
    try {
      const open = openedFile(fd);
      if (open.stat.type !== 'file') return unknown('wrong-type', `${file} is not a regular file`);
      if (!isHost) mustLieInside(fd, file);
      return use(open);
    } finally {
      closeSync(fd);
    }
  }

  /** Most files are no symlinks, so that is found out by opening them. */
  function openInside(file: string): number {
    try {
      return openSync(toHost(file, false), READ_ONLY);
    } catch (error) {
      if (errorCode(error) !== 'ELOOP') throw error;
      return openSync(toHost(file, true), READ_ONLY);
    }
  }

  /** A directory on the way may have been exchanged for a symlink since it was resolved. */
  function mustLieInside(fd: number, file: string): void {
    let real: string;
    try {
      real = readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return;
    }
    if (!real.startsWith(`${path}/`)) throw new BadLink(`${file} leads out of the root`);
  }
}

class BadLink extends Error {}

/** Which of them are directories, and no symlinks to some, comes with the names: two thousand packages need no lstat. */
function entriesIn(host: string): Dirent[] {
  return readdirSync(host, { withFileTypes: true });
}

function glanceAt(host: string): Glance {
  let fd: number;
  try {
    fd = openSync(host, READ_ONLY);
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? MISSING : UNCLEAR;
  }
  try {
    const length = readSync(fd, GLANCE, 0, GLANCE.length, 0);
    return length === GLANCE.length ? UNCLEAR : GLANCE.toString('latin1', 0, length);
  } catch {
    return UNCLEAR;
  } finally {
    closeSync(fd);
  }
}

function below(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

const GLANCE = Buffer.allocUnsafeSlow(4096);

/** Without O_NONBLOCK the opening of a FIFO would wait for a writer. */
const READ_ONLY = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** The path from `/`, without empty parts, `.`, `..` and a last slash; few have any, and normalize() is slow. */
function cleaned(file: string): string {
  if (file.startsWith('/') && !/\/[./]|\/$/.test(file)) return file;
  return normalize(`/${file}`).replace(/(.)\/$/, '$1');
}

function linkTarget(host: string): string | null {
  try {
    // readlink alone would do, but for each file that is no symlink it throws, which costs more than reading it.
    return lstatSync(host, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(host) : null;
  } catch (error) {
    // What else is wrong shows when the file itself is used.
    if (errorCode(error) === 'ELOOP') throw error;
    return null;
  }
}

function attempt<T>(file: string, read: () => Fact<T>): Fact<T> {
  // No file has such a name, and Node takes the question for a bug of ours.
  if (file.includes('\0')) return unknown('malformed', 'a path with a NUL in it');
  try {
    return read();
  } catch (error) {
    if (error instanceof BadLink) return unknown('bad-link', error.message);
    const code = errorCode(error);
    if (code === null) throw error;
    return unknownByError(file, code);
  }
}
