import { fstatSync, readSync, type Stats } from 'node:fs';
import { type Fact, known, type Unknown, unknown } from '../model/fact.ts';

/** A regular file that is open for reading. */
export interface OpenFile {
  readonly stat: FileStat;
  /**
   * Up to `length` bytes from `offset`; fewer at the end of the file. With `room` they are written there, over what
   * it held: for a caller that reads one part after the other, or converts them to a string at once. New memory for
   * megabytes costs more than reading them.
   */
  read(offset: number, length: number, room?: Buffer): Buffer;
}

/** Attributes of a file, from lstat(2) or fstat(2). */
export interface FileStat {
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  readonly size: number;
  /** ms, with nanoseconds as the fraction as far as a double holds them. */
  readonly mtime: number;
  readonly mode: number;
  /** User ID. */
  readonly owner: number;
  /** Device, inode and birth time as one string: inode numbers are reused at once. */
  readonly id: string;
}

export const MIB = 1024 * 1024;

/** Shared memory for bytes that are converted at once. */
export const ROOM = Buffer.allocUnsafeSlow(MIB);

/** The file of a descriptor, valid while that is open. */
export function openedFile(fd: number): OpenFile {
  const stat = toStat(fstatSync(fd));
  return { stat, read: (offset, length, room) => readPart(fd, offset, length, stat.size, room) };
}

/** Reads to the end of a file, whatever its size says; `too-large` beyond `limit` (default 1 MiB). */
export function readWhole(file: string, open: OpenFile, limit = MIB, room?: Buffer): Fact<Buffer> {
  if (open.stat.size > limit) return tooLarge(file, limit);
  if (open.stat.size > 0) return known(open.read(0, open.stat.size, room));
  // Files of procfs and sysfs have size 0: read until nothing more comes.
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

/** Stops at `size`, which saves a last read that returns nothing. Files of procfs have size 0. */
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

/** The attributes of Node's Stats that this program uses. */
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
