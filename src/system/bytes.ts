import type { OpenFile } from './open-file.ts';

/** Bytes that are read in parts: a file of any size, a stretch of one, or a buffer. */
export interface ByteSource {
  readonly size: number;
  /** Up to `length` bytes from `offset`; shorter where the source ends. */
  read(offset: number, length: number): Buffer;
}

/** A file, read as it is asked for. */
export function sourceOfFile(file: OpenFile): ByteSource {
  return { size: file.stat.size, read: (offset, length) => file.read(offset, length) };
}

/** Bytes that are in memory already; what is read of them is no copy. */
export function sourceOfBuffer(buffer: Buffer): ByteSource {
  return { size: buffer.length, read: (offset, length) => buffer.subarray(offset, offset + length) };
}

/** The `size` bytes from `offset`, cut to what the source has: headers of files may claim anything. */
export function stretchOf(source: ByteSource, offset: number, size: number): ByteSource {
  const start = Math.min(offset, source.size);
  const length = Math.min(size, source.size - start);
  return {
    size: length,
    read: (at, count) => {
      const from = Math.min(at, length);
      return source.read(start + from, Math.min(count, length - from));
    },
  };
}

/**
 * Where a byte is first between two offsets; -1: not there. For fields of short lines: indexOf() would search the whole
 * rest of a file in which no line has the byte, once for each line.
 */
export function indexWithin(bytes: Buffer, byte: number, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === byte) return at;
  return -1;
}
