import type { OpenFile } from './open-file.ts';

/** Bytes that are read in parts: a file of any size, a part of one, or a buffer. */
export interface ByteSource {
  readonly size: number;
  /** Up to `length` bytes from `offset`; fewer at the end of the source. */
  read(offset: number, length: number): Buffer;
}

/** A file, read in parts as they are needed. */
export function sourceOfFile(file: OpenFile): ByteSource {
  return { size: file.stat.size, read: (offset, length) => file.read(offset, length) };
}

/** Bytes in memory. A read returns a view, not a copy. */
export function sourceOfBuffer(buffer: Buffer): ByteSource {
  return { size: buffer.length, read: (offset, length) => buffer.subarray(offset, offset + length) };
}

/** The `size` bytes from `offset`, cut to the end of the source: a header in a file may claim anything. */
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
 * The first offset of a byte between `start` and `end`; -1: none. For fields of short lines: indexOf() would search
 * to the end of the file for each line without the byte.
 */
export function indexWithin(bytes: Buffer, byte: number, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === byte) return at;
  return -1;
}
