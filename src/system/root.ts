import { closeSync, type Dirent, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { type Fact, known, mapFact, unknown } from '../model/fact.ts';
import { entriesIn, NAMES_MAX } from './entries.ts';
import { type Glance, glanceAt, UNCLEAR } from './glance.ts';
import { type FileStat, type OpenFile, openedFile, ROOM, readWhole, toStat } from './open-file.ts';
import { type Bound, holdDirectory, type NotOpened, notOpened, openRegular } from './open-regular.ts';
import { below, cleaned, createResolver, RefusedPath } from './resolve-path.ts';
import { NOBODY, type Recorder } from './rests/record.ts';
import { hasRoot } from './root-of-process.ts';
import { errorCode, unknownByError } from './system-error.ts';
import { isOurs } from './territory.ts';

/**
 * Reads files under one root directory. Every path, passed or returned, is as seen from inside the root. Symlinks are
 * resolved as chroot(2) would: an absolute one starts at the root, and `..` stops there. A symlink in a directory that
 * others than root can write is not followed out of that directory (territory.ts). Only regular files are opened. A file
 * that cannot be read gives an Unknown, never an exception.
 */
export interface Root {
  /** The root on the host, `/` or a directory. */
  readonly path: string;
  /** Is this the root of the host itself? */
  readonly isHost: boolean;
  /** Is the time limit of this scan over? Then no file is opened any more. Long loops check it too. */
  expired(): boolean;
  /** Reads a whole text file; `too-large` beyond `limit` bytes (default 1 MiB). */
  readText(path: string, limit?: number): Fact<string>;
  readBytes(path: string, limit?: number): Fact<Buffer>;
  /** Opens a regular file, passes it to `use` and closes it. A file of any size can be read in parts. */
  withFile<T>(path: string, use: (file: OpenFile) => Fact<T>): Fact<T>;
  /** The same for an asynchronous `use`: the file is closed when its promise settles. */
  whileOpen<T>(path: string, use: (file: OpenFile) => Promise<Fact<T>>): Promise<Fact<T>>;
  /**
   * For each directory in the directory `path`, in the order of their names: reads the file `file` in it, and passes both
   * to `use`. For thousands of small files of which few matter: it skips the checks of readText(). The file may be no
   * regular file, or may have been replaced by one outside the root. So if its content matters, read it with readText().
   * The recorder is called for `path` only: a program that fills `path` must rename complete directories into it, as
   * Portage does.
   */
  glance(path: string, file: string, use: (name: string, glance: Glance) => void): Fact<void>;
  /** The names in a directory, sorted. A name that is not UTF-8 contains U+FFFD and cannot be opened. */
  list(path: string): Fact<readonly string[]>;
  /** Follows symlinks. */
  stat(path: string): Fact<FileStat>;
  /** Does not follow the last symlink. */
  lstat(path: string): Fact<FileStat>;
  /** The mtime in nanoseconds, symlinks followed. A double cannot hold it exactly. */
  mtimeNs(path: string): Fact<bigint>;
  /** The target of a symlink, as written. */
  readLink(path: string): Fact<string>;
  /** The path with every symlink resolved; unknown (`missing`) if nothing is there. */
  resolve(path: string): Fact<string>;
  /** Does the process `pid` in this root's /proc have this root as its root directory? */
  isRootOf(pid: number): Fact<boolean>;
  /** Can only root, or the user of this process, have created a name in this directory (territory.ts)? */
  isOurs(directory: string): boolean;
  /** The path on the host, symlinks resolved: for programs that need one. */
  hostPath(path: string): Fact<string>;
}

/**
 * Opens a root. It remembers resolved directories, so open a new one for each scan. `mayAccess` is called with each path
 * on the host before it is accessed; a path that it refuses is unknown (`timeout`). `recorder` is called with each path
 * that a result depends on, before the path is read.
 */
export function openRoot(
  directory: string,
  expired: () => boolean = () => false,
  mayAccess: (host: string) => boolean = () => true,
  recorder: Recorder = NOBODY,
): Root {
  const path = mayAccess(directory) ? realpathSync(directory) : directory;
  const isHost = path === '/';
  const resolver = createResolver(path, refusal, recorder);
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
    glance: (dir, file, use) => attempt(dir, () => known(glanceInto(cleaned(dir), file, use))),
    list: (dir) => attempt(dir, () => namesIn(cleaned(dir))),
    stat: (file) => attempt(file, () => statOf(file, true)),
    lstat: (file) => attempt(file, () => statOf(file, false)),
    mtimeNs: (file) =>
      attempt(file, () => known(lstatSync(hostPathOf(file, true), { bigint: true }).mtimeNs)),
    readLink: (file) => attempt(file, () => known(readlinkSync(hostPathOf(file, false)))),
    resolve: (file) =>
      attempt(file, () => {
        const inside = resolver.path(file, true);
        lstatSync(recorded(onHost(inside)));
        return known(inside);
      }),
    isRootOf: (pid) => attempt(`/proc/${pid}/root`, () => known(hasRoot(pid, path, isHost, onHost))),
    isOurs: (directory) => {
      const ours = attempt(directory, () =>
        known(resolver.territory(resolver.path(directory, true)).kind === 'own'),
      );
      return ours.known && ours.value;
    },
    hostPath: (file) => attempt(file, () => known(hostPathOf(file, true))),
  };
  return root;

  function refusal(host: string): string | null {
    if (mayAccess(host)) return null;
    const why = `${host} is on a file system that may not answer`;
    recorder.unproven(why);
    return why;
  }

  function hostPathOf(file: string, followLast: boolean): string {
    return recorded(onHost(resolver.path(file, followLast)));
  }

  function recorded(host: string): string {
    recorder.place(host);
    return host;
  }

  function isOver(): boolean {
    if (!expired()) return false;
    recorder.unproven('the time for this scan was over');
    return true;
  }

  function mustBeInTime(file: string): void {
    if (isOver()) throw new RefusedPath('timeout', `the time for this scan was over before ${file} was read`);
  }

  function statOf(file: string, followLast: boolean): Fact<FileStat> {
    const stats = lstatSync(hostPathOf(file, false), { throwIfNoEntry: false });
    if (stats === undefined) return unknownByError(file, 'ENOENT');
    if (!followLast || !stats.isSymbolicLink()) return known(toStat(stats));
    const target = lstatSync(hostPathOf(file, true), { throwIfNoEntry: false });
    return target === undefined ? unknownByError(file, 'ENOENT') : known(toStat(target));
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

  /** Checks the time limit at each part: a caller may compute for long between the parts of a large file. */
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

  /** Tries without following a last symlink first: few files are symlinks. */
  function openInside(file: string): number | NotOpened {
    const fd = openAt(resolver.path(file, false));
    return fd === 'symlink' ? openAt(resolver.path(file, true)) : fd;
  }

  function openAt(inside: string): number | NotOpened {
    const bound = boundOf(inside.slice(0, inside.lastIndexOf('/')) || '/');
    // Through mmap(2) another user can change it and leave its times as they are. In a root that is not the host's,
    // others can change everything, so this is not reported for each file.
    if (isHost && bound !== null)
      recorder.unproven(`${inside} is where another user can change it without a trace`);
    return openRegular(recorded(onHost(inside)), bound);
  }

  /**
   * The directory that a file opened in `resolved` must not be outside of. null: no limit, nobody else can move it. In
   * a root that is not the host's, the limit is the root: the programs of a container can change paths at any time.
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
    const host = recorded(onHost(inside));
    // In another root no limit is needed: a directory that is replaced meanwhile reveals names only.
    const bound = isHost ? boundOf(inside) : null;
    const list = (path: string) => entriesOf(path, directory);
    const entries = bound === null ? list(host) : holdDirectory(host, bound, list);
    if (entries === null) return notOpened(directory, 'led-away');
    for (const entry of entries) {
      if (entry.isDirectory()) resolver.remember(below(directory, entry.name), below(inside, entry.name));
    }
    return known(entries.map(({ name }) => name).sort());
  }

  function glanceInto(directory: string, file: string, use: (name: string, glance: Glance) => void): void {
    const inside = resolver.directory(directory);
    const host = recorded(onHost(inside));
    const bound = boundOf(inside);
    for (const entry of entriesOf(host, directory).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (isOver()) return;
      use(entry.name, entry.isDirectory() ? glanceAt(`${host}/${entry.name}/${file}`, bound) : UNCLEAR);
    }
  }
}

/** `host`: the path to read; `directory`: the path for the message. */
function entriesOf(host: string, directory: string): Dirent[] {
  const entries = entriesIn(host);
  if (entries === null) throw new RefusedPath('too-large', `${directory} has more than ${NAMES_MAX} names`);
  return entries;
}

function attempt<T>(file: string, read: () => Fact<T>): Fact<T> {
  // No file has such a name, and Node throws a TypeError for it.
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
