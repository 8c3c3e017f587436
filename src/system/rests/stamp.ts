import { type BigIntStats, lstatSync } from 'node:fs';
import { errorCode } from '../system-error.ts';

/**
 * The state of a place as one word; another word means that the place has changed. The first letter is the kind:
 *
 * - `s` everything in lstat(2) that changes with a file, symlink or directory. The ctime cannot be set back.
 * - `w` the directory's identity, owner and mode: for a directory that is only passed on the way.
 * - `d` size and mtime: for a file whose mtime nobody sets back, but whose owner others set (SQLite does).
 * - `-` nothing is there.
 * - `!` it cannot be accessed, and why (EACCES).
 *
 * taken.ts has more kinds, for files without useful times.
 */
export type Stamp = string;

/**
 * If a time is younger than this (ns) when it is read, the file can change again without a new time: the kernel
 * updates times in ticks of up to 10 ms. As in the index of git(1), such a place proves nothing.
 */
const TICK = 20_000_000n;
/** FAT has mtimes of two seconds, and Linux derives its ctime from the mtime; ext3 has whole seconds. */
const COARSE_TICK = 2_020_000_000n;
const SECOND = 1_000_000_000n;

export const ABSENT: Stamp = '-';

const BIG = { bigint: true, throwIfNoEntry: false } as const;

/** lstat(2) with nanoseconds, or the stamp of a place that is absent or cannot be accessed. Throws on other errors. */
export function statOrStamp(path: string): BigIntStats | Stamp {
  try {
    return lstatSync(path, BIG) ?? ABSENT;
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return code === 'ENOTDIR' ? ABSENT : `!${code}`;
  }
}

export function stampOfPlace({ dev, ino, mode, size, mtimeNs, ctimeNs }: BigIntStats): Stamp {
  return `s${dev}.${ino}.${mode}.${size}.${mtimeNs}.${ctimeNs}`;
}

export function stampOfWay({ dev, ino, mode, uid, gid }: BigIntStats): Stamp {
  return `w${dev}.${ino}.${mode}.${uid}.${gid}`;
}

export function stampOfData({ dev, ino, size, mtimeNs }: BigIntStats): Stamp {
  return `d${dev}.${ino}.${size}.${mtimeNs}`;
}

/** Can it change after `now` (ms) and keep these times? `times`: the times in its stamp, ns. */
export function mayChangeUnseen(times: readonly bigint[], now: number): boolean {
  const tick = times.every((time) => time % SECOND === 0n) ? COARSE_TICK : TICK;
  const tooYoung = BigInt(now) * 1_000_000n - tick;
  return times.some((time) => time >= tooYoung);
}
