import type { ByteSource } from '../bytes.ts';

/** Name → offset and size in the file, bytes. */
export type PeSections = ReadonlyMap<string, { readonly offset: number; readonly size: number }>;

const FILE_HEADER = 24; // signature and COFF header
const SECTION_HEADER = 40;
/** The loader of Windows accepts 96. */
const SECTIONS_MAX = 256;

/** The section table of a PE file (EFI program); null: another file, or damaged. The first of equal names counts. */
export function readPeSections(source: ByteSource): PeSections | null {
  const dos = source.read(0, 0x40);
  if (dos.length < 0x40 || dos.toString('latin1', 0, 2) !== 'MZ') return null;
  const at = dos.readUInt32LE(0x3c);
  const header = source.read(at, FILE_HEADER);
  if (header.length < FILE_HEADER || header.toString('latin1', 0, 4) !== 'PE\0\0') return null;
  const count = header.readUInt16LE(6);
  if (count > SECTIONS_MAX) return null;
  const tableAt = at + FILE_HEADER + header.readUInt16LE(20);
  const table = source.read(tableAt, count * SECTION_HEADER);
  if (table.length < count * SECTION_HEADER) return null;
  const sections = new Map<string, { offset: number; size: number }>();
  for (let entry = 0; entry < table.length; entry += SECTION_HEADER) {
    const name = table.toString('latin1', entry, entry + 8).replace(/\0.*$/s, '');
    // The size in the file is padded to the alignment, so a smaller virtual size is the true one.
    const virtual = table.readUInt32LE(entry + 8);
    const raw = table.readUInt32LE(entry + 16);
    const size = virtual === 0 ? raw : Math.min(virtual, raw);
    if (!sections.has(name)) sections.set(name, { offset: table.readUInt32LE(entry + 20), size });
  }
  return sections;
}
