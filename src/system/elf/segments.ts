import type { ByteSource } from '../bytes.ts';
import { buildIdOf } from './notes.ts';

export interface ElfSegments {
  readonly littleEndian: boolean;
  readonly segments: readonly ElfSegment[];
}

export interface ElfSegment {
  /** PT_LOAD, PT_NOTE … */
  readonly type: number;
  /** Where it is in the file; both as the header claims. */
  readonly offset: number;
  readonly size: number;
}

export const PT_LOAD = 1;
const PT_NOTE = 4;
/** A kernel has about five. */
const SEGMENTS_MAX = 256;
const NOTES_BYTES_MAX = 64 * 1024;

/** The program headers of an executable, as vmlinux or User-mode Linux; null: not an ELF file, or damaged. */
export function readSegments(source: ByteSource): ElfSegments | null {
  const header = source.read(0, 64);
  if (!isElf(header) || header.length < 64) return null;
  const wide = header[4] === 2;
  const littleEndian = header[5] === 1;
  if ((!wide && header[4] !== 1) || (!littleEndian && header[5] !== 2)) return null;
  const numbers = numberReader(header, littleEndian);
  const tableOffset = wide ? numbers.u64(0x20) : numbers.u32(0x1c);
  const entrySize = numbers.u16(wide ? 0x36 : 0x2a);
  const count = numbers.u16(wide ? 0x38 : 0x2c);
  if (entrySize !== (wide ? 56 : 32) || count > SEGMENTS_MAX) return null;
  const table = readTable(source, tableOffset, entrySize * count);
  if (table === null) return null;
  const entries = numberReader(table, littleEndian);
  const segments = Array.from({ length: count }, (_, index) => {
    const at = index * entrySize;
    return {
      type: entries.u32(at),
      offset: wide ? entries.u64(at + 8) : entries.u32(at + 4),
      size: wide ? entries.u64(at + 32) : entries.u32(at + 16),
    };
  });
  return { littleEndian, segments };
}

/** The GNU build ID out of the note segments; null: none. Of 500 MB of debug information nothing is read. */
export function buildIdOfSegments(source: ByteSource, elf: ElfSegments): string | null {
  for (const segment of elf.segments) {
    if (segment.type !== PT_NOTE || segment.offset >= source.size) continue;
    const notes = source.read(segment.offset, Math.min(segment.size, NOTES_BYTES_MAX));
    const id = buildIdOf(notes, elf.littleEndian);
    if (id !== null) return id;
  }
  return null;
}

export function isElf(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === 0x7f454c46;
}

function readTable(source: ByteSource, offset: number, size: number): Buffer | null {
  if (offset + size > source.size) return null;
  const table = source.read(offset, size);
  return table.length === size ? table : null;
}

interface NumberReader {
  u16(at: number): number;
  u32(at: number): number;
  /** Above 2^53 it is not exact, and larger than any file. */
  u64(at: number): number;
}

function numberReader(bytes: Buffer, littleEndian: boolean): NumberReader {
  return littleEndian
    ? {
        u16: (at) => bytes.readUInt16LE(at),
        u32: (at) => bytes.readUInt32LE(at),
        u64: (at) => Number(bytes.readBigUInt64LE(at)),
      }
    : {
        u16: (at) => bytes.readUInt16BE(at),
        u32: (at) => bytes.readUInt32BE(at),
        u64: (at) => Number(bytes.readBigUInt64BE(at)),
      };
}
