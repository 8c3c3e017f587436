import { type BigIntStats, lstatSync } from 'node:fs';
import { errorCode } from '../system-error.ts';

/**
 * What tells whether a place is as it was, as one word. Its first letter says what was asked:
 *
 * - `s` all that lstat(2) tells of what changes when a file, a link or a directory does. The ctime cannot be set back.
 * - `w` which directory it is, whose, and who may write there: for one that is only passed on the way.
 * - `d` what it holds, by its size and mtime: for what nobody sets back, and others set the owner of (SQLite does).
 * - `-` nothing is there.
 * - `!` it cannot be asked for, and why (EACCES).
 *
 * taken.ts has more, for what has no useful times.
 */
export type Stamp = string;

/**
 * A time that is younger than this (ns) when it is looked at can stay as it is while the file is changed again: the
 * kernel counts them in ticks of up to 10 ms. As with the index of git(1), such a place proves nothing.
 */
const TICK = 20_000_000n;
/** FAT has times of two seconds, and Linux makes its ctime of the mtime; ext3 has whole seconds. */
const COARSE_TICK = 2_020_000_000n;
const SECOND = 1_000_000_000n;

export const ABSENT: Stamp = '-';

const BIG = { bigint: true, throwIfNoEntry: false } as const;

/** lstat(2) with nanoseconds; else the stamp of what is not there or cannot be asked for. Throws on other errors. */
export function lookAt(path: string): BigIntStats | Stamp {
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

/** Can it be changed after `now` (ms) and have the same times? `times`: those that its stamp holds, ns. */
export function mayChangeUnseen(times: readonly bigint[], now: number): boolean {
  const tick = times.every((time) => time % SECOND === 0n) ? COARSE_TICK : TICK;
  const tooYoung = BigInt(now) * 1_000_000n - tick;
  return times.some((time) => time >= tooYoung);
}
