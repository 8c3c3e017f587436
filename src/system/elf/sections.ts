import { type Fact, known, unknown } from '../../model/fact.ts';
import type { OpenFile } from '../open-file.ts';

/** The section headers of an ELF file. */
export interface Elf {
  readonly bits: 32 | 64;
  readonly little: boolean;
  /** e_type: 1 is relocatable, as modules are. */
  readonly type: number;
  readonly machine: number;
  /** As `64 little 62`. */
  readonly identity: string;
  readonly sections: readonly Section[];
  /** Index of the section with the section names. */
  readonly namesIndex: number;
}

export interface Section {
  readonly name: string;
  /** Is the offset of its name within the table of names? */
  readonly hasName: boolean;
  readonly type: number;
  readonly flags: number;
  /** Address in memory; 0 in a module. */
  readonly address: bigint;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  /** For relocations: index of the section that they change. */
  readonly info: number;
}

export const SHT_NULL = 0;
export const SHT_SYMTAB = 2;
export const SHT_RELA = 4;
export const SHT_NOBITS = 8;
export const SHT_REL = 9;

/** e_shnum is 16 bits wide. A kernel built with -ffunction-sections has some ten thousand. */
const SECTIONS_MAX = 0xffff;
const NAMES_MAX = 4 * 1024 * 1024;
/** Twice KSYM_NAME_LEN (include/linux/kallsyms.h). In a malicious file, any number of names may share one text. */
export const NAME_MAX = 1024;

/**
 * Reads the headers. Unknown (`malformed`, with the words of the kernel's elf_validity_check() in
 * kernel/module/main.c) where they contradict the file.
 */
export function readElf(file: OpenFile): Fact<Elf> {
  const { size } = file.stat;
  const head = file.read(0, 64);
  if (head.length < 52) return malformed(`Invalid ELF header len ${head.length}`);
  if (head.readUInt32BE(0) !== 0x7f454c46) return malformed('Invalid ELF header magic: != \\x7fELF');
  const { bits, little } = formOf(head);
  if (bits === 64 && head.length < 64) return malformed(`Invalid ELF header len ${head.length}`);
  const view = viewOf(head, bits, little);
  const machine = view.half(18);
  const shoff = view.address(bits === 64 ? 40 : 32);
  const shentsize = view.half(bits === 64 ? 58 : 46);
  const shnum = view.half(bits === 64 ? 60 : 48);
  const namesIndex = view.half(bits === 64 ? 62 : 50);
  if (shentsize !== (bits === 64 ? 64 : 40)) return malformed('Invalid ELF section header size');
  if (shoff >= size || shnum > SECTIONS_MAX || shnum * shentsize > size - shoff) {
    return malformed('Invalid ELF section header overflow');
  }
  const table = file.read(shoff, shnum * shentsize);
  if (table.length < shnum * shentsize) return malformed('Invalid ELF section header overflow');
  if (namesIndex === 0 || namesIndex >= shnum) {
    return malformed(
      `Invalid ELF section name index: ${namesIndex} || e_shstrndx (${namesIndex}) >= e_shnum (${shnum})`,
    );
  }
  const raw = Array.from({ length: shnum }, (_, index) => rawSection(table, index * shentsize, bits, little));
  const nameTable = raw[namesIndex];
  if (nameTable === undefined || nameTable.offset + nameTable.size > size) {
    return malformed(`Invalid ELF section hdr(type ${nameTable?.type ?? 0})`);
  }
  if (nameTable.size === 0) return malformed('empty section name table');
  const names = file.read(nameTable.offset, Math.min(nameTable.size, NAMES_MAX));
  const sections = raw.map(({ nameOffset, ...section }) => ({
    ...section,
    name: stringAt(names, nameOffset),
    hasName: nameOffset < names.length,
  }));
  const identity = `${bits} ${little ? 'little' : 'big'} ${machine}`;
  return known({ bits, little, type: view.half(16), machine, identity, sections, namesIndex });
}

/**
 * Width and byte order. The kernel ignores the two bytes of e_ident for them, and reads the header in its own form. So
 * fields that fit a form decide before these bytes: e_version is 1, and e_shentsize the size of a section header.
 */
function formOf(head: Buffer): { readonly bits: 32 | 64; readonly little: boolean } {
  const says64 = head[4] === 2;
  const saysLittle = head[5] !== 2;
  const version = head.readUInt32LE(20);
  const little = version === 1 || (version !== 0x01000000 && saysLittle);
  const half = (at: number): number => (little ? head.readUInt16LE(at) : head.readUInt16BE(at));
  const is64 = head.length >= 64 && half(58) === 64;
  const is32 = half(46) === 40;
  return { bits: (says64 ? is64 || !is32 : is64 && !is32) ? 64 : 32, little };
}

/** Reads the bytes of a section; unknown if it ends beyond the file, or is larger than `limit`. */
export function readSection(file: OpenFile, section: Section, limit: number): Fact<Buffer> {
  if (section.type === SHT_NOBITS) return known(Buffer.alloc(0));
  if (section.offset + section.size > file.stat.size)
    return malformed(`section ${section.name} is beyond the end`);
  if (section.size > limit)
    return unknown('too-large', `section ${section.name} is larger than ${limit} bytes`);
  const bytes = file.read(section.offset, section.size);
  return bytes.length === section.size
    ? known(bytes)
    : malformed(`section ${section.name} is beyond the end`);
}

/** The text from an offset to its NUL, cut after 1,024 characters; '' beyond the table. */
export function stringAt(table: Buffer, offset: number): string {
  if (offset < 0 || offset >= table.length) return '';
  const text = table.subarray(offset, offset + NAME_MAX);
  const end = text.indexOf(0);
  return text.toString('latin1', 0, end === -1 ? text.length : end);
}

/** Numbers in the file's byte order and width. */
export interface ElfView {
  half(at: number): number;
  word(at: number): number;
  /** An address or a size: 64 bits in a 64-bit file. Rounded beyond 2^53, which no real offset reaches. */
  address(at: number): number;
  /** The same, exactly. */
  wide(at: number): bigint;
}

/** Reads numbers from bytes of an ELF file with this width and byte order. Throws a RangeError beyond their end. */
export function viewOf(bytes: Buffer, bits: 32 | 64, little: boolean): ElfView {
  const half = (at: number): number => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const word = (at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const high = little ? 4 : 0;
  const wide = (at: number): number => word(at + high) * 2 ** 32 + word(at + 4 - high);
  const exact = (at: number): bigint => (BigInt(word(at + high)) << 32n) | BigInt(word(at + 4 - high));
  return {
    half,
    word,
    address: bits === 64 ? wide : word,
    wide: bits === 64 ? exact : (at) => BigInt(word(at)),
  };
}

function rawSection(table: Buffer, at: number, bits: 32 | 64, little: boolean) {
  const view = viewOf(table, bits, little);
  const wide = bits === 64;
  return {
    nameOffset: view.word(at),
    type: view.word(at + 4),
    flags: view.address(at + 8),
    address: view.wide(at + (wide ? 16 : 12)),
    offset: view.address(at + (wide ? 24 : 16)),
    size: view.address(at + (wide ? 32 : 20)),
    link: view.word(at + (wide ? 40 : 24)),
    info: view.word(at + (wide ? 44 : 28)),
  };
}

function malformed(detail: string): Fact<never> {
  return unknown('malformed', detail);
}
