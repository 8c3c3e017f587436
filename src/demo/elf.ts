/** A section of a small ELF file. `align` must be a power of two. */
export interface ElfSection {
  readonly name: string;
  readonly type: SectionType;
  readonly flags?: string;
  readonly bytes: Uint8Array;
  readonly align?: number;
  readonly entrySize?: number;
  /** PC-relative relocations: the loader writes the distance to a symbol at each offset. */
  readonly relocations?: readonly { readonly offset: number; readonly symbol: string }[];
}

export interface ElfSymbol {
  readonly name: string;
  /** Name of the section that holds it; null: an undefined symbol. */
  readonly section: string | null;
  readonly value: number;
  readonly size: number;
  readonly bind: keyof typeof BINDS;
  readonly type: keyof typeof SYMBOL_TYPES;
}

export interface ElfFile {
  /** A kernel module is `relocatable`, vmlinux is `executable`. */
  readonly kind: 'relocatable' | 'executable';
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}

export type SectionType = keyof typeof SECTION_TYPES;

const SECTION_TYPES = { progbits: 1, symtab: 2, strtab: 3, rela: 4, note: 7 } as const;
const SECTION_FLAGS: Readonly<Record<string, number>> = { W: 1, A: 2, X: 4, M: 0x10, S: 0x20 };
const BINDS = { local: 0, global: 1, weak: 2 } as const;
const SYMBOL_TYPES = { notype: 0, object: 1, func: 2 } as const;

const HEADER = 64;
const PROGRAM_HEADER = 56;
const SECTION_HEADER = 64;
const SYMBOL = 24;
const RELOCATION = 24;
const R_X86_64_PC32 = 2;
const X86_64 = 62;
const PT_NOTE = 4;

interface Placed extends ElfSection {
  readonly offset: number;
  readonly link: number;
  readonly info: number;
}

/** The bytes of an ELF64 file for x86-64, little endian; elf(5). An executable's notes get program headers. */
export function writeElf(elf: ElfFile): Buffer {
  const symbols = [...elf.symbols].sort((a, b) => rank(a) - rank(b));
  const symbolNames = stringTable(symbols.map((symbol) => symbol.name));
  const index = new Map(elf.sections.map((section, at) => [section.name, at + 1]));
  const symtab: ElfSection = {
    name: '.symtab',
    type: 'symtab',
    bytes: symbolTable(symbols, symbolNames.offsets, index),
    align: 8,
    entrySize: SYMBOL,
  };
  const strtab: ElfSection = { name: '.strtab', type: 'strtab', bytes: symbolNames.bytes };
  const symbolIndex = new Map(symbols.map((symbol, at) => [symbol.name, at + 1]));
  const sections = [
    ...elf.sections,
    ...elf.sections.flatMap((section) => relocationsOf(section, symbolIndex)),
  ];
  const names = stringTable([...sections.map((section) => section.name), '.symtab', '.strtab', '.shstrtab']);
  const shstrtab: ElfSection = { name: '.shstrtab', type: 'strtab', bytes: names.bytes };
  const notes = elf.kind === 'executable' ? elf.sections.filter((section) => section.type === 'note') : [];
  const symtabIndex = sections.length + 1;
  const placed = place(
    [...sections, symtab, strtab, shstrtab],
    HEADER + notes.length * PROGRAM_HEADER,
    // sh_link of a symbol table is its string table, sh_info the index of its first global symbol.
    { link: symtabIndex + 1, info: symbols.filter((symbol) => symbol.bind === 'local').length + 1 },
    (name) => ({ link: symtabIndex, info: index.get(name.slice('.rela'.length)) ?? 0 }),
  );
  const last = placed.at(-1);
  const tableAt = alignTo(last === undefined ? HEADER : last.offset + last.bytes.length, 8);
  const file = Buffer.alloc(tableAt + (placed.length + 1) * SECTION_HEADER);
  writeHeader(file, elf.kind, notes.length, tableAt, placed.length + 1);
  for (const [at, note] of notes.entries()) {
    const section = placed.find((candidate) => candidate.name === note.name);
    if (section !== undefined) writeProgramHeader(file, HEADER + at * PROGRAM_HEADER, section);
  }
  for (const [at, section] of placed.entries()) {
    file.set(section.bytes, section.offset);
    writeSectionHeader(
      file,
      tableAt + (at + 1) * SECTION_HEADER,
      section,
      names.offsets.get(section.name) ?? 0,
    );
  }
  return file;
}

function rank(symbol: ElfSymbol): number {
  return symbol.bind === 'local' ? 0 : 1;
}

function place(
  sections: readonly ElfSection[],
  start: number,
  symbols: Pick<Placed, 'link' | 'info'>,
  relocations: (name: string) => Pick<Placed, 'link' | 'info'>,
): Placed[] {
  let offset = start;
  const linksOf = ({ name, type }: ElfSection) => {
    if (type === 'symtab') return symbols;
    return type === 'rela' ? relocations(name) : { link: 0, info: 0 };
  };
  return sections.map((section) => {
    offset = alignTo(offset, section.align ?? 1);
    const placed = { ...section, offset, ...linksOf(section) };
    offset += section.bytes.length;
    return placed;
  });
}

function writeHeader(
  file: Buffer,
  kind: ElfFile['kind'],
  notes: number,
  tableAt: number,
  count: number,
): void {
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(kind === 'relocatable' ? 1 : 2, 16);
  file.writeUInt16LE(X86_64, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(notes > 0 ? HEADER : 0), 32);
  file.writeBigUInt64LE(BigInt(tableAt), 40);
  file.writeUInt16LE(HEADER, 52);
  file.writeUInt16LE(notes > 0 ? PROGRAM_HEADER : 0, 54);
  file.writeUInt16LE(notes, 56);
  file.writeUInt16LE(SECTION_HEADER, 58);
  file.writeUInt16LE(count, 60);
  file.writeUInt16LE(count - 1, 62);
}

function writeProgramHeader(file: Buffer, at: number, section: Placed): void {
  file.writeUInt32LE(PT_NOTE, at);
  file.writeUInt32LE(4, at + 4); // readable
  file.writeBigUInt64LE(BigInt(section.offset), at + 8);
  file.writeBigUInt64LE(BigInt(section.bytes.length), at + 32);
  file.writeBigUInt64LE(BigInt(section.bytes.length), at + 40);
  file.writeBigUInt64LE(BigInt(section.align ?? 1), at + 48);
}

function writeSectionHeader(file: Buffer, at: number, section: Placed, name: number): void {
  const flags = [...(section.flags ?? '')].reduce((sum, flag) => sum | (SECTION_FLAGS[flag] ?? 0), 0);
  file.writeUInt32LE(name, at);
  file.writeUInt32LE(SECTION_TYPES[section.type], at + 4);
  file.writeBigUInt64LE(BigInt(flags), at + 8);
  file.writeBigUInt64LE(BigInt(section.offset), at + 24);
  file.writeBigUInt64LE(BigInt(section.bytes.length), at + 32);
  file.writeUInt32LE(section.link, at + 40);
  file.writeUInt32LE(section.info, at + 44);
  file.writeBigUInt64LE(BigInt(section.align ?? 1), at + 48);
  file.writeBigUInt64LE(BigInt(section.entrySize ?? 0), at + 56);
}

function symbolTable(
  symbols: readonly ElfSymbol[],
  names: ReadonlyMap<string, number>,
  sections: ReadonlyMap<string, number>,
): Buffer {
  const table = Buffer.alloc((symbols.length + 1) * SYMBOL);
  for (const [index, symbol] of symbols.entries()) {
    const at = (index + 1) * SYMBOL;
    table.writeUInt32LE(names.get(symbol.name) ?? 0, at);
    table.writeUInt8((BINDS[symbol.bind] << 4) | SYMBOL_TYPES[symbol.type], at + 4);
    table.writeUInt16LE(symbol.section === null ? 0 : (sections.get(symbol.section) ?? 0), at + 6);
    table.writeBigUInt64LE(BigInt(symbol.value), at + 8);
    table.writeBigUInt64LE(BigInt(symbol.size), at + 16);
  }
  return table;
}

function relocationsOf(
  { name, relocations = [] }: ElfSection,
  symbols: ReadonlyMap<string, number>,
): ElfSection[] {
  if (relocations.length === 0) return [];
  const bytes = Buffer.alloc(relocations.length * RELOCATION);
  for (const [index, { offset, symbol }] of relocations.entries()) {
    bytes.writeBigUInt64LE(BigInt(offset), index * RELOCATION);
    bytes.writeUInt32LE(R_X86_64_PC32, index * RELOCATION + 8);
    bytes.writeUInt32LE(symbols.get(symbol) ?? 0, index * RELOCATION + 12);
  }
  return [{ name: `.rela${name}`, type: 'rela', bytes, align: 8, entrySize: RELOCATION }];
}

function stringTable(names: readonly string[]): { bytes: Buffer; offsets: ReadonlyMap<string, number> } {
  const offsets = new Map<string, number>();
  let text = '\0';
  for (const name of names) {
    if (offsets.has(name)) continue;
    offsets.set(name, text.length);
    text += `${name}\0`;
  }
  return { bytes: Buffer.from(text, 'latin1'), offsets };
}

function alignTo(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}
