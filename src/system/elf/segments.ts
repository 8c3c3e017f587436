import { type ByteSource, stretchOf } from '../bytes.ts';
import { buildIdOf } from './notes.ts';
import { viewOf } from './sections.ts';

export interface ElfSegments {
  readonly littleEndian: boolean;
  readonly segments: readonly ElfSegment[];
}

export interface ElfSegment {
  /** PT_LOAD, PT_NOTE … */
  readonly type: number;
  /** Offset in the file, and below the size; both unchecked. */
  readonly offset: number;
  readonly size: number;
}

export const PT_LOAD = 1;
const PT_NOTE = 4;
/** A kernel has about five. */
const SEGMENTS_MAX = 256;
const NOTES_BYTES_MAX = 64 * 1024;

/** Reads the program headers of an executable, as vmlinux or User-mode Linux; null: not an ELF file, or damaged. */
export function readSegments(source: ByteSource): ElfSegments | null {
  const header = source.read(0, 64);
  if (!isElf(header) || header.length < 64) return null;
  const bits = header[4] === 2 ? 64 : 32;
  const littleEndian = header[5] !== 2;
  const wide = bits === 64;
  const view = viewOf(header, bits, littleEndian);
  const tableOffset = view.address(wide ? 0x20 : 0x1c);
  const entrySize = view.half(wide ? 0x36 : 0x2a);
  const count = view.half(wide ? 0x38 : 0x2c);
  if (entrySize !== (wide ? 56 : 32) || count > SEGMENTS_MAX) return null;
  const table = stretchOf(source, tableOffset, entrySize * count).read(0, entrySize * count);
  if (table.length < entrySize * count) return null;
  const entries = viewOf(table, bits, littleEndian);
  const segments = Array.from({ length: count }, (_, index) => {
    const at = index * entrySize;
    return {
      type: entries.word(at),
      offset: entries.address(at + (wide ? 8 : 4)),
      size: entries.address(at + (wide ? 32 : 16)),
    };
  });
  return { littleEndian, segments };
}

/** The GNU build ID in the note segments; null: none. Reads nothing of 500 MB of debug information. */
export function buildIdOfSegments(source: ByteSource, elf: ElfSegments): string | null {
  for (const segment of elf.segments) {
    if (segment.type !== PT_NOTE) continue;
    const notes = stretchOf(source, segment.offset, segment.size).read(0, NOTES_BYTES_MAX);
    const id = buildIdOf(notes, elf.littleEndian);
    if (id !== null) return id;
  }
  return null;
}

/** Do the first four bytes show an ELF file (elf(5))? */
export function isElf(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === 0x7f454c46;
}
