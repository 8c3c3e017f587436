import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, type Stats } from 'node:fs';
import { type Unknown, type UnknownCode, unknown } from '../model/fact.ts';
import { errorCode, unknownByError } from './system-error.ts';
import { isWithin } from './territory.ts';

/** Why a file was not opened. */
export type NotOpened = 'gone' | 'symlink' | 'no-file' | 'led-away' | 'not-for-all';

/** Where it may lie, on the host, and to whom what is not for everybody must belong there. */
export interface Bound {
  readonly directory: string;
  /** null: to anybody. */
  readonly owner: number | null;
}

/**
 * Opens a regular file for reading and returns its descriptor. Nothing else is ever opened, not even to see what it is:
 * opening a device can do something (/dev/watchdog), and opening a FIFO waits. Throws the operating system's error.
 *
 * `bound`: where somebody else can exchange a directory of the path between two system calls, what was looked at is
 * held, and only that is opened, if it lies there. A second name (link(2)) for a file that only root may read is
 * refused by the owner. null: nobody can.
 */
export function openRegular(host: string, bound: Bound | null): number | NotOpened {
  if (bound !== null) return openBounded(host, bound);
  const stats = lstatSync(host, { throwIfNoEntry: false });
  if (stats === undefined) return 'gone';
  return kindOf(stats) ?? openSync(host, READ_ONLY);
}

/** Holds a directory while `use` reads it by another path, which leads to this one and no other. null: it leads away. */
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

/** Opens what is there if it is a regular file, whatever takes its name meanwhile; wherever it lies. */
export function openHeld(host: string): number | NotOpened {
  const held = openSync(host, O_PATH | constants.O_NOFOLLOW);
  try {
    const wrong = kindOf(fstatSync(held));
    if (wrong !== null) return wrong;
    return openSync(`/proc/self/fd/${held}`, READ_HELD);
  } catch (error) {
    // Without /proc it is left to who opens it the long way. That it is there was seen.
    if (errorCode(error) === 'ENOENT') return 'led-away';
    throw error;
  } finally {
    closeSync(held);
  }
}

/** null: it is a regular file. */
function kindOf(stats: Stats): 'symlink' | 'no-file' | null {
  if (stats.isFile()) return null;
  return stats.isSymbolicLink() ? 'symlink' : 'no-file';
}

function isForAll({ mode }: Stats): boolean {
  return (mode & OTHERS_READ) !== 0;
}

/** Where what is held really lies; null: /proc, which would tell, is not there. */
function realPathOf(fd: number): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}

const NOT_OPENED: Readonly<Record<Exclude<NotOpened, 'gone'>, readonly [UnknownCode, string]>> = {
  // It was none a moment ago.
  symlink: ['bad-link', 'has become a symlink'],
  'no-file': ['wrong-type', 'is not a regular file'],
  'led-away': ['bad-link', 'leads elsewhere than a moment ago'],
  'not-for-all': ['denied', "is another's than its directory, and not for everybody to read"],
};

/** What a file that was not opened is for a reader. */
export function notOpened(file: string, why: NotOpened): Unknown {
  if (why === 'gone') return unknownByError(file, 'ENOENT');
  const [code, detail] = NOT_OPENED[why];
  return unknown(code, `${file} ${detail}`);
}

/** open(2): takes hold of a file without opening it. Node has no name for it; it has this value on all but Alpha, PA-RISC and SPARC. */
const O_PATH = 0o10_000_000;
const OTHERS_READ = 0o004;
/** Without O_NONBLOCK the opening of a FIFO would wait for a writer. */
const READ_HELD = constants.O_RDONLY | constants.O_NONBLOCK;
export const READ_ONLY = READ_HELD | constants.O_NOFOLLOW;
