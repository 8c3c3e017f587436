import {
  closeSync,
  type Dirent,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { type Fact, known, mapFact, type Unknown, type UnknownCode, unknown } from '../model/fact.ts';
import { entriesIn, NAMES_MAX } from './entries.ts';
import { type FileStat, type OpenFile, openedFile, ROOM, readWhole, toStat } from './open-file.ts';
import {
  type Bound,
  holdDirectory,
  type NotOpened,
  openHeld,
  openRegular,
  READ_ONLY,
} from './open-regular.ts';
import { below, cleaned, createResolver, RefusedPath } from './resolve-path.ts';
import { NOBODY, type Recorder } from './rests/record.ts';
import { errorCode, unknownByError } from './system-error.ts';
import { isOurs } from './territory.ts';

/**
 * Reading under one root directory. Every path given and returned is as seen from inside the root. Symlinks
 * are resolved as chroot(2) would: an absolute one starts at the root again, `..` stops there. One that stands in a
 * directory that is not root's alone is not followed out of it (territory.ts). Only regular files are opened. Whatever
 * cannot be read is an Unknown, never an exception.
 */
export interface Root {
  /** The root on the host, `/` or a directory. */
  readonly path: string;
  /** Is this the running system's own root? */
  readonly isHost: boolean;
  /** Is the time that this look at the machine may take over? Then no file is opened any more; long loops ask as well. */
  expired(): boolean;
  /** A whole text file, at most `limit` bytes (default 1 MiB). */
  readText(path: string, limit?: number): Fact<string>;
  readBytes(path: string, limit?: number): Fact<Buffer>;
  /**
   * Opens a regular file, hands it to `use`, closes it. Larger files than any limit can be read in parts.
   */
  withFile<T>(path: string, use: (file: OpenFile) => Fact<T>): Fact<T>;
  /** The same for who hands parts of the file on and waits: it is closed when that is over. */
  whileOpen<T>(path: string, use: (file: OpenFile) => Promise<Fact<T>>): Promise<Fact<T>>;
  /**
   * For who passes over thousands of small files that say nothing to him: the file of one name in each directory of a
   * directory, in the order of their names. Nothing is asked of the files. Each may be no regular one, or have been
   * exchanged for one outside, so what says something is to be read as any other. Of what says nothing, a recorder is told
   * the directory of directories alone: whoever fills that renames directories into it that are whole (Portage asks no more).
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
  /** Has the process of that number, of those in this root's /proc, this root as its own? */
  isRootOf(pid: number): Fact<boolean>;
  /** May a name in this directory be followed wherever it leads? Nobody else can have put it there (territory.ts). */
  isOurs(directory: string): boolean;
  /** The path on the host of something inside, symlinks resolved: for tools that need one. */
  hostPath(path: string): Fact<string>;
}

/** The bytes of a small file, as Latin-1; or that it is not there, or is to be read as any other. */
export type Glance = string | typeof MISSING | typeof UNCLEAR;
export const MISSING = Symbol('missing');
export const UNCLEAR = Symbol('unclear');

/**
 * Opens a root. It remembers resolved directories, so make a new one for each look at the machine. `mayAsk` is told each
 * path on the host before that is asked for; what it refuses is unknown (`timeout`). `recorder` is told each place that
 * what was read rests on, before it is read.
 */
export function openRoot(
  directory: string,
  expired: () => boolean = () => false,
  mayAsk: (host: string) => boolean = () => true,
  recorder: Recorder = NOBODY,
): Root {
  const path = mayAsk(directory) ? realpathSync(directory) : directory;
  const isHost = path === '/';
  const resolver = createResolver(path, mustNotAsk, recorder);
  const { onHost } = resolver;

  const root: Root = {
    path,
    isHost,
    expired: isOver,
    readText: (file, limit) => {
      const text = (open: OpenFile) => readWhole(file, open, limit, ROOM);
      return root.withFile(file, (open) => mapFact(text(open), (bytes) => bytes.toString('utf8')));
    },
    readBytes: (file, limit) => root.withFile(file, (open) => readWhole(file, open, limit)),
    withFile: (file, use) => attempt(file, () => useFile(file, use)),
    whileOpen: async (file, use) => {
      const opened = attempt(file, () => openForLong(file));
      if (!opened.known) return opened;
      try {
        return await use(inTime(file, openedFile(opened.value)));
      } catch (error) {
        if (error instanceof RefusedPath) return error.unknown();
        throw error;
      } finally {
        closeSync(opened.value);
      }
    },
    glance: (dir, file, look) => attempt(dir, () => known(glanceInto(cleaned(dir), file, look))),
    list: (dir) => attempt(dir, () => namesIn(cleaned(dir))),
    stat: (file) => attempt(file, () => statOf(file, true)),
    lstat: (file) => attempt(file, () => statOf(file, false)),
    mtimeNs: (file) => attempt(file, () => known(lstatSync(placeOf(file, true), { bigint: true }).mtimeNs)),
    readLink: (file) => attempt(file, () => known(readlinkSync(placeOf(file, false)))),
    resolve: (file) =>
      attempt(file, () => {
        const inside = resolver.path(file, true);
        lstatSync(told(onHost(inside)));
        return known(inside);
      }),
    isRootOf: (pid) => attempt(`/proc/${pid}/root`, () => known(isRootOf(pid))),
    isOurs: (directory) => {
      const ours = attempt(directory, () =>
        known(resolver.territory(resolver.path(directory, true)).kind === 'own'),
      );
      return ours.known && ours.value;
    },
    hostPath: (file) => attempt(file, () => known(placeOf(file, true))),
  };
  return root;

  function mustNotAsk(host: string): string | null {
    if (mayAsk(host)) return null;
    const why = `${host} lies on a file system that may not answer`;
    recorder.unproven(why);
    return why;
  }

  /** Where it is on the host. */
  function placeOf(file: string, followLast: boolean): string {
    return told(onHost(resolver.path(file, followLast)));
  }

  function told(host: string): string {
    recorder.place(host);
    return host;
  }

  function isOver(): boolean {
    if (!expired()) return false;
    recorder.unproven('the time for this look was over');
    return true;
  }

  function mustBeInTime(file: string): void {
    if (isOver()) throw new RefusedPath('timeout', `the time for this look was over before ${file} was read`);
  }

  function statOf(file: string, followLast: boolean): Fact<FileStat> {
    const stats = lstatSync(placeOf(file, false), { throwIfNoEntry: false });
    if (stats === undefined) return unknownByError(file, 'ENOENT');
    if (!followLast || !stats.isSymbolicLink()) return known(toStat(stats));
    const target = lstatSync(placeOf(file, true), { throwIfNoEntry: false });
    return target === undefined ? unknownByError(file, 'ENOENT') : known(toStat(target));
  }

  /**
   * The link in /proc is no path: what it shows is the same in each container. Where the mounts tell, its file system is
   * not asked: that of a container may be one that does not answer.
   */
  function isRootOf(pid: number): boolean {
    const [mine, others] = isHost ? ['self', pid].map((id) => rootMount(String(id))) : [null, null];
    if (mine !== others) return false;
    const own = statSync(path);
    const other = statSync(onHost(`/proc/${pid}/root/.`));
    return own.dev === other.dev && own.ino === other.ino;
  }

  /** Which file system, and what of it, a process has as its root (proc_pid_mountinfo(5)); null: it is no mount point. */
  function rootMount(pid: string): string | null {
    const lines = readFileSync(onHost(`/proc/${pid}/mountinfo`), 'utf8').split('\n');
    return (
      lines.map((line) => /^\d+ \d+ (\S+ \S+) \/ /.exec(line)?.[1] ?? null).findLast((at) => at !== null) ??
      null
    );
  }

  function useFile<T>(file: string, use: (open: OpenFile) => Fact<T>): Fact<T> {
    mustBeInTime(file);
    const fd = openInside(file);
    if (typeof fd !== 'number') return notOpened(file, fd);
    try {
      return use(inTime(file, openedFile(fd)));
    } finally {
      closeSync(fd);
    }
  }

  /** Who reads a large file in parts, and computes between them, is stopped by the next part. */
  function inTime(file: string, { stat, read }: OpenFile): OpenFile {
    return {
      stat,
      read: (offset, length, room) => {
        if (offset > 0) mustBeInTime(file);
        return read(offset, length, room);
      },
    };
  }

  function openForLong(file: string): Fact<number> {
    mustBeInTime(file);
    const fd = openInside(file);
    return typeof fd === 'number' ? known(fd) : notOpened(file, fd);
  }

  /** Most files are no symlinks, so that is found out by looking at them. */
  function openInside(file: string): number | NotOpened {
    const fd = openAt(resolver.path(file, false));
    return fd === 'symlink' ? openAt(resolver.path(file, true)) : fd;
  }

  function openAt(inside: string): number | NotOpened {
    const bound = boundOf(inside.slice(0, inside.lastIndexOf('/')) || '/');
    // Through a mapping of memory (mmap(2)), which leaves its times as they are; another root is trusted as a whole or not.
    if (isHost && bound !== null)
      recorder.unproven(`${inside} lies where another user can change it without a trace`);
    return openRegular(told(onHost(inside)), bound);
  }

  /**
   * How far what is opened in a directory is to be followed; null: nobody else can change where it lies. Another root is
   * in the hands of others as a whole: what runs in a container can change it meanwhile.
   */
  function boundOf(resolved: string): Bound | null {
    if (!isHost) return { directory: path, owner: null };
    const territory = resolver.territory(resolved);
    if (territory.kind === 'own') return null;
    if (territory.kind === 'shared') return { directory: onHost(resolved), owner: null };
    const { top, owner } = territory;
    return { directory: onHost(top), owner: top === '/' || isOurs(owner) ? null : owner };
  }

  function namesIn(directory: string): Fact<string[]> {
    const inside = resolver.directory(directory);
    const host = told(onHost(inside));
    // What is exchanged meanwhile in another root gives away no more than names.
    const bound = isHost ? boundOf(inside) : null;
    const list = (path: string) => entriesOf(path, directory);
    const entries = bound === null ? list(host) : holdDirectory(host, bound, list);
    if (entries === null) return notOpened(directory, 'led-away');
    for (const entry of entries) {
      if (entry.isDirectory()) resolver.remember(below(directory, entry.name), below(inside, entry.name));
    }
    return known(entries.map(({ name }) => name).sort());
  }

  function glanceInto(directory: string, file: string, look: (name: string, glance: Glance) => void): void {
    const inside = resolver.directory(directory);
    const host = told(onHost(inside));
    const bound = boundOf(inside);
    for (const entry of entriesOf(host, directory).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (isOver()) return;
      look(entry.name, entry.isDirectory() ? glanceAt(`${host}/${entry.name}/${file}`, bound) : UNCLEAR);
    }
  }
}

/** `host`: where it is; `directory`: what it is called. */
function entriesOf(host: string, directory: string): Dirent[] {
  const entries = entriesIn(host);
  if (entries === null) throw new RefusedPath('too-large', `${directory} has more than ${NAMES_MAX} names`);
  return entries;
}

const NOT_OPENED: Readonly<Record<Exclude<NotOpened, 'gone'>, readonly [UnknownCode, string]>> = {
  // It was none a moment ago.
  symlink: ['bad-link', 'has become a symlink'],
  'no-file': ['wrong-type', 'is not a regular file'],
  'led-away': ['bad-link', 'leads elsewhere than a moment ago'],
  'not-for-all': ['denied', "is another's than its directory, and not for everybody to read"],
};

function notOpened(file: string, why: NotOpened): Unknown {
  if (why === 'gone') return unknownByError(file, 'ENOENT');
  const [code, detail] = NOT_OPENED[why];
  return unknown(code, `${file} ${detail}`);
}

/**
 * Where nobody else can exchange it, it is not asked what it is: two thousand packages need no fstat. Where somebody can,
 * it is held before it is opened, so that no device is. Where it lies is not asked: nothing that is read here leaves the
 * program.
 */
function glanceAt(host: string, bound: Bound | null): Glance {
  let fd: number;
  try {
    const opened = bound === null ? openSync(host, READ_ONLY) : openHeld(host);
    if (typeof opened !== 'number') return UNCLEAR;
    fd = opened;
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

const GLANCE = Buffer.allocUnsafeSlow(4096);

function attempt<T>(file: string, read: () => Fact<T>): Fact<T> {
  // No file has such a name, and Node takes the question for a bug of ours.
  if (file.includes('\0')) return unknown('malformed', 'a path with a NUL in it');
  try {
    return read();
  } catch (error) {
    if (error instanceof RefusedPath) return error.unknown();
    const code = errorCode(error);
    if (code === null) throw error;
    return unknownByError(file, code);
  }
}
