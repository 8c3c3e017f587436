import { type Fact, known, unknown } from '../../model/fact.ts';
import type { OpenFile } from '../open-file.ts';
import { type Elf, readSection, SHT_SYMTAB, stringAt, viewOf } from './sections.ts';

export interface ElfSymbol {
  readonly name: string;
  readonly value: number;
  /** Index of its section; 0: undefined, 0xfff1: absolute. */
  readonly section: number;
  readonly weak: boolean;
}

export interface SymbolTable {
  /** The symbol with this index, as relocations use it; null: there is none. */
  at(index: number): ElfSymbol | null;
  /** Iterates over the symbols that have a name and whose section `keep` accepts: there may be hundreds of thousands. */
  named(keep: (section: number) => boolean): Iterable<ElfSymbol>;
  /** Is one of them undefined and unnamed, or common? simplify_symbols() (kernel/module/main.c) refuses both. */
  isDamaged(): boolean;
}

export const SHN_UNDEF = 0;
export const SHN_ABS = 0xfff1;
const SHN_COMMON = 0xfff2;
const STB_WEAK = 2;
const TABLE_MAX = 16 * 1024 * 1024;

/** Reads the symbols of an ELF file; unknown without a symbol table. */
export function readSymbols(file: OpenFile, elf: Elf): Fact<SymbolTable> {
  const table = elf.sections.find((section) => section.type === SHT_SYMTAB);
  const strings = table === undefined ? undefined : elf.sections[table.link];
  if (table === undefined || strings === undefined) return unknown('no-data', 'it has no symbol table');
  const bytes = readSection(file, table, TABLE_MAX);
  if (!bytes.known) return bytes;
  const names = readSection(file, strings, TABLE_MAX);
  if (!names.known) return names;
  const view = viewOf(bytes.value, elf.bits, elf.little);
  const wide = elf.bits === 64;
  const size = wide ? 24 : 16;
  const count = Math.floor(bytes.value.length / size);
  const nameOf = (at: number): string => stringAt(names.value, view.word(at));
  const sectionOf = (at: number): number => view.half(at + (wide ? 6 : 14));
  const symbolOf = (at: number, name: string, section: number): ElfSymbol => {
    const info = bytes.value[at + (wide ? 4 : 12)] ?? 0;
    return { name, value: view.address(at + (wide ? 8 : 4)), section, weak: info >> 4 === STB_WEAK };
  };
  return known({
    at: (index) =>
      index >= 0 && index < count
        ? symbolOf(index * size, nameOf(index * size), sectionOf(index * size))
        : null,
    *named(keep) {
      for (let at = size; at + size <= bytes.value.length; at += size) {
        const section = sectionOf(at);
        const name = keep(section) ? nameOf(at) : '';
        if (name !== '') yield symbolOf(at, name, section);
      }
    },
    isDamaged: () => {
      for (let at = size; at + size <= bytes.value.length; at += size) {
        const section = sectionOf(at);
        if (section === SHN_COMMON || (section === SHN_UNDEF && nameOf(at) === '')) return true;
      }
      return false;
    },
  });
}
