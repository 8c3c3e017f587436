import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, type Stats } from 'node:fs';
import { type Unknown, type UnknownCode, unknown } from '../model/fact.ts';
import { errorCode, unknownByError } from './system-error.ts';
import { isWithin } from './territory.ts';

/** Why a file was not opened. */
export type NotOpened = 'gone' | 'symlink' | 'no-file' | 'led-away' | 'not-for-all';

/** Where an opened file must be on the host, and who must own it. */
export interface Bound {
  readonly directory: string;
  /** The required owner of a file that not everybody may read. null: anybody. */
  readonly owner: number | null;
}

/**
 * Opens a regular file for reading and returns its descriptor. Anything else is never opened, not even to find its
 * type: opening a device can have an effect (/dev/watchdog), and opening a FIFO waits. Throws the operating system's
 * error.
 *
 * `bound`: others can replace a directory of the path between two system calls. So the file is held first (O_PATH),
 * and it is opened only if what is held is in the bound. A hard link (link(2)) to a file that only root may read is
 * refused by its owner. null: nobody else can replace anything.
 */
export function openRegular(host: string, bound: Bound | null): number | NotOpened {
  if (bound !== null) return openBounded(host, bound);
  const stats = lstatSync(host, { throwIfNoEntry: false });
  if (stats === undefined) return 'gone';
  return kindOf(stats) ?? openSync(host, READ_ONLY);
}

/**
 * Holds a directory while `use` reads it by a path that leads to the held one only. null: it is outside of the bound.
 */
export function holdDirectory<T>(host: string, bound: Bound, use: (path: string) => T): T | null {
  const fd = openSync(host, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const real = realPathOf(fd);
    if (real === null) return use(host);
    return isWithin(real, bound.directory) ? use(`/proc/self/fd/${fd}`) : null;
  } finally {
    closeSync(fd);
  }
}

function openBounded(host: string, { directory, owner }: Bound): number | NotOpened {
  const held = openSync(host, O_PATH | constants.O_NOFOLLOW);
  try {
    const stats = fstatSync(held);
    const wrong = kindOf(stats);
    if (wrong !== null) return wrong;
    if (owner !== null && stats.uid !== owner && !isForAll(stats)) return 'not-for-all';
    const real = realPathOf(held);
    if (real === null) return openSync(host, READ_ONLY);
    return isWithin(real, directory) ? openSync(`/proc/self/fd/${held}`, READ_HELD) : 'led-away';
  } finally {
    closeSync(held);
  }
}

/** Holds a file and opens it if it is regular, even if its name is replaced meanwhile. Its place is not checked. */
export function openHeld(host: string): number | NotOpened {
  const held = openSync(host, O_PATH | constants.O_NOFOLLOW);
  try {
    const wrong = kindOf(fstatSync(held));
    if (wrong !== null) return wrong;
    return openSync(`/proc/self/fd/${held}`, READ_HELD);
  } catch (error) {
    // The file exists: it was held. /proc is missing, so the caller must use openRegular().
    if (errorCode(error) === 'ENOENT') return 'led-away';
    throw error;
  } finally {
    closeSync(held);
  }
}

/** null: a regular file. */
function kindOf(stats: Stats): 'symlink' | 'no-file' | null {
  if (stats.isFile()) return null;
  return stats.isSymbolicLink() ? 'symlink' : 'no-file';
}

function isForAll({ mode }: Stats): boolean {
  return (mode & OTHERS_READ) !== 0;
}

/** The real path of what is held; null: /proc, which shows it, is missing. */
function realPathOf(fd: number): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}

const NOT_OPENED: Readonly<Record<Exclude<NotOpened, 'gone'>, readonly [UnknownCode, string]>> = {
  // It was no symlink a moment ago.
  symlink: ['bad-link', 'has become a symlink'],
  'no-file': ['wrong-type', 'is not a regular file'],
  'led-away': ['bad-link', 'leads elsewhere than a moment ago'],
  'not-for-all': ['denied', "is another's than its directory, and not for everybody to read"],
};

/** The Unknown for a file that was not opened. */
export function notOpened(file: string, why: NotOpened): Unknown {
  if (why === 'gone') return unknownByError(file, 'ENOENT');
  const [code, detail] = NOT_OPENED[why];
  return unknown(code, `${file} ${detail}`);
}

/**
 * open(2): holds a file without opening it. Node has no name for it. It has this value on all but Alpha, PA-RISC and
 * SPARC.
 */
const O_PATH = 0o10_000_000;
const OTHERS_READ = 0o004;
/** Without O_NONBLOCK, opening a FIFO would wait for a writer. */
const READ_HELD = constants.O_RDONLY | constants.O_NONBLOCK;
export const READ_ONLY = READ_HELD | constants.O_NOFOLLOW;
