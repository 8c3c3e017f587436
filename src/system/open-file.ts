import { fstatSync, readSync, type Stats } from 'node:fs';
import { type Fact, known, type Unknown, unknown } from '../model/fact.ts';

/** A regular file that is open for reading. */
export interface OpenFile {
  readonly stat: FileStat;
  /**
   * Up to `length` bytes from `offset`; shorter at the end of the file. For who reads one part after the other, or makes
   * a string of them at once, they may be written over those in `room`: fresh memory for megabytes costs more than they.
   */
  read(offset: number, length: number, room?: Buffer): Buffer;
}

/** What a file is, as lstat(2) and fstat(2) tell. */
export interface FileStat {
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  readonly size: number;
  /** ms, with the nanoseconds as fraction as far as a double holds them. */
  readonly mtime: number;
  readonly mode: number;
  /** Number of the user that it belongs to. */
  readonly owner: number;
  /** Device, inode and time of birth as one string: inode numbers are used again at once. */
  readonly id: string;
}

export const MIB = 1024 * 1024;

/** Room for bytes of which something else is made at once. */
export const ROOM = Buffer.allocUnsafeSlow(MIB);

/** The file behind a descriptor, as long as that is open. */
export function openedFile(fd: number): OpenFile {
  const stat = toStat(fstatSync(fd));
  return { stat, read: (offset, length, room) => readPart(fd, offset, length, stat.size, room) };
}

/** All of a file, whatever its size says; `too-large` beyond `limit` (default 1 MiB). */
export function readWhole(file: string, open: OpenFile, limit = MIB, room?: Buffer): Fact<Buffer> {
  if (open.stat.size > limit) return tooLarge(file, limit);
  if (open.stat.size > 0) return known(open.read(0, open.stat.size, room));
  // Files of procfs and sysfs have no size: read on until nothing comes.
  const parts: Buffer[] = [];
  let total = 0;
  for (;;) {
    const part = open.read(total, 64 * 1024);
    if (part.length === 0) return known(Buffer.concat(parts));
    parts.push(part);
    total += part.length;
    if (total > limit) return tooLarge(file, limit);
  }
}

/** `size` spares a last read that would bring nothing; files of procfs say 0. */
function readPart(fd: number, offset: number, length: number, size: number, room?: Buffer): Buffer {
  const buffer = room !== undefined && length <= room.length ? room : Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, buffer, filled, length - filled, offset + filled);
    filled += count;
    if (count === 0 || offset + filled === size) break;
  }
  return buffer.subarray(0, filled);
}

function tooLarge(file: string, limit: number): Unknown {
  return unknown('too-large', `${file} is larger than ${limit} bytes`);
}

/** What Node tells of a file, as far as this program asks. */
export function toStat(stats: Stats): FileStat {
  return {
    type: stats.isFile()
      ? 'file'
      : stats.isDirectory()
        ? 'directory'
        : stats.isSymbolicLink()
          ? 'symlink'
          : 'other',
    size: stats.size,
    mtime: stats.mtimeMs,
    mode: stats.mode,
    owner: stats.uid,
    id: `${stats.dev}:${stats.ino}:${stats.birthtimeMs}`,
  };
}
