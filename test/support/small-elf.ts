/** A module in any width and byte order, for machines without a compiler here. */
export interface SmallElf {
  readonly bits: 32 | 64;
  readonly little: boolean;
  /** e_machine: 62 is x86-64, 3 i386, 8 MIPS, 21 PowerPC 64, 22 s390. */
  readonly machine: number;
  readonly modinfo: string;
  /** Undefined symbols with their CRCs; null: not in the version table. */
  readonly imports: readonly { readonly name: string; readonly crc: number | null; readonly weak: boolean }[];
}

/** The offsets of the parts of the file, so that a test can write false values there. */
export interface Layout {
  readonly bytes: Buffer;
  /** Offset of the header of the section of this name. */
  header(name: string): number;
  readonly sectionHeaderOffsetAt: number;
}

const NAMES = [
  '',
  '.modinfo',
  '__versions',
  '.gnu.linkonce.this_module',
  '.symtab',
  '.strtab',
  '.shstrtab',
] as const;

/** The file, in the order header, sections, section headers. */
export function smallElf({ bits, little, machine, modinfo, imports }: SmallElf): Layout {
  const wide = bits === 64;
  const number = (size: number, value: number): Buffer => {
    const buffer = Buffer.alloc(size);
    if (size === 8) {
      if (little) buffer.writeBigUInt64LE(BigInt(value));
      else buffer.writeBigUInt64BE(BigInt(value));
    } else if (little) buffer.writeUIntLE(value, 0, size);
    else buffer.writeUIntBE(value, 0, size);
    return buffer;
  };
  const long = (value: number): Buffer => number(wide ? 8 : 4, value);
  const strings = `\0${imports.map(({ name }) => `${name}\0`).join('')}`;
  const symbol = (nameAt: number, info: number): Buffer => {
    const [name, other] = [number(4, nameAt), Buffer.from([info, 0])];
    return wide
      ? Buffer.concat([name, other, number(2, 0), long(0), long(0)])
      : Buffer.concat([name, long(0), long(0), other, number(2, 0)]);
  };
  let nameAt = 1;
  const symbols = imports.map(({ name, weak }) => {
    const made = symbol(nameAt, weak ? 0x20 : 0x10);
    nameAt += name.length + 1;
    return made;
  });
  const versions = imports.flatMap(({ name, crc }) => {
    if (crc === null) return [];
    const record = Buffer.alloc(64);
    long(crc).copy(record);
    record.write(name, wide ? 8 : 4, 'latin1');
    return [record];
  });
  const sectionNames = NAMES.map((name) => `${name}\0`).join('');
  const contents: Record<(typeof NAMES)[number], [type: number, flags: number, bytes: Buffer]> = {
    '': [0, 0, Buffer.alloc(0)],
    '.modinfo': [1, 2, Buffer.from(modinfo)],
    __versions: [1, 2, Buffer.concat(versions)],
    '.gnu.linkonce.this_module': [1, 3, Buffer.alloc(64)],
    '.symtab': [2, 0, Buffer.concat([symbol(0, 0), ...symbols])],
    '.strtab': [3, 0, Buffer.from(strings, 'latin1')],
    '.shstrtab': [3, 0, Buffer.from(sectionNames, 'latin1')],
  };
  const [headSize, entrySize] = wide ? [64, 64] : [52, 40];
  const parts: Buffer[] = [];
  const headers: Buffer[] = [];
  let at = headSize;
  for (const name of NAMES) {
    const [type, flags, content] = contents[name];
    const nameAt = name === '' ? 0 : sectionNames.indexOf(`\0${name}\0`) + 1;
    const link = name === '.symtab' ? NAMES.indexOf('.strtab') : 0;
    const entry = name === '.symtab' ? (wide ? 24 : 16) : 0;
    headers.push(
      Buffer.concat([
        ...[number(4, nameAt), number(4, type), long(flags), long(0), long(name === '' ? 0 : at)],
        ...[
          long(content.length),
          number(4, link),
          number(4, name === '.symtab' ? 1 : 0),
          long(1),
          long(entry),
        ],
      ]),
    );
    const padded = Buffer.concat([content, Buffer.alloc((8 - (content.length % 8)) % 8)]);
    parts.push(padded);
    at += padded.length;
  }
  const head = Buffer.concat([
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1, 0]),
    Buffer.alloc(8),
    ...[number(2, 1), number(2, machine), number(4, 1), long(0), long(0), long(at), number(4, 0)],
    ...[number(2, headSize), number(2, 0), number(2, 0), number(2, entrySize)],
    ...[number(2, NAMES.length), number(2, NAMES.indexOf('.shstrtab'))],
  ]);
  return {
    bytes: Buffer.concat([head, ...parts, ...headers]),
    header: (name) => at + NAMES.indexOf(name as (typeof NAMES)[number]) * entrySize,
    sectionHeaderOffsetAt: wide ? 40 : 32,
  };
}
