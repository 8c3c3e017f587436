import { type Fact, known, unknown } from '../../model/fact.ts';
import type { ModuleExport } from '../../model/module.ts';
import { type Relocation, readRelocations } from '../elf/relocations.ts';
import { type Elf, readSection, stringAt, viewOf } from '../elf/sections.ts';
import { type ElfSymbol, SHN_ABS, type SymbolTable } from '../elf/symbols.ts';
import type { OpenFile } from '../open-file.ts';

const SECTION_MAX = 4 * 1024 * 1024;
const STRINGS = '__ksymtab_strings';
/** The largest modules have some hundred exports. In a hostile file each relocation may name the same long text. */
const RELOCATIONS_MAX = 32_768;
/** The tables of find_module_sections() (kernel/module/main.c), the last three up to 5.11; true: GPL-only. */
const TABLES = { '': false, _gpl: true, _gpl_future: false, _unused: false, _unused_gpl: true };

/** The strings that one `struct kernel_symbol` points to. */
interface Entry {
  readonly name: string;
  readonly namespace: string;
}

/**
 * The module's own exports, from the tables that the kernel uses. The symbols that EXPORT_SYMBOL() creates beside
 * them are missing in a stripped module, and linux-mod-r1.eclass strips. Unknown if a table cannot be decoded.
 */
export function readExports(file: OpenFile, elf: Elf, symbols: SymbolTable): Fact<readonly ModuleExport[]> {
  const exports: ModuleExport[] = [];
  const flags = bytesOf(file, elf, sectionNamed(elf, '__kflagstab'));
  for (const [suffix, isForGpl] of Object.entries(TABLES)) {
    const index = elf.sections.findIndex(({ name, size }) => name === `__ksymtab${suffix}` && size > 0);
    if (index === -1) continue;
    const entries = readEntries(file, elf, symbols, index);
    if (!entries.known) return entries;
    const crcs = readCrcs(file, elf, symbols, `__kcrctab${suffix}`, entries.value.length);
    for (const [at, entry] of entries.value.entries()) {
      const gplOnly = isForGpl || isFlaggedGpl(flags, at);
      exports.push({ ...entry, crc: crcs(entry.name, at), gplOnly });
    }
  }
  return known(exports);
}

/**
 * The entries of a table, from its relocations: the first of an entry points to the symbol, the second to its name,
 * the third (since 5.4) to its namespace.
 */
function readEntries(file: OpenFile, elf: Elf, symbols: SymbolTable, index: number): Fact<readonly Entry[]> {
  const relocations = readRelocations(file, elf, index);
  if (!relocations.known) return relocations;
  if (relocations.value.length > RELOCATIONS_MAX)
    return unknown('too-large', `${elf.sections[index]?.name} has more than ${RELOCATIONS_MAX} relocations`);
  const strings = sectionNamed(elf, STRINGS);
  const texts = bytesOf(file, elf, strings);
  const table = bytesOf(file, elf, index);
  const entries: string[][] = [];
  for (const relocation of relocations.value) {
    const symbol = symbols.at(relocation.symbol);
    if (symbol?.section !== strings) entries.push([]);
    else entries.at(-1)?.push(stringAt(texts, symbol.value + addendOf(relocation, table, elf)));
  }
  const sound = entries.filter(([name]) => name !== undefined && name !== '');
  if (entries.length === 0 || sound.length < entries.length)
    return unknown('malformed', `${elf.sections[index]?.name} does not tell what is exported`);
  return known(sound.map(([name = '', namespace = '']) => ({ name, namespace })));
}

function addendOf({ addend, offset }: Relocation, table: Buffer, { bits, little }: Elf): number {
  if (addend !== null) return addend;
  return offset + 4 <= table.length ? viewOf(table, bits, little).word(offset) : 0;
}

const KSYM_FLAG_GPL_ONLY = 1;

/** Kernels with `__kflagstab` have no separate table for EXPORT_SYMBOL_GPL (include/linux/export-internal.h). */
function isFlaggedGpl(flags: Buffer, at: number): boolean {
  return ((flags[at] ?? 0) & KSYM_FLAG_GPL_ONLY) !== 0;
}

/**
 * The CRCs of a table. Since 5.19 they are in it, in the order of the entries. Before, a relocation in it leads to
 * the symbol `__crc_NAME`, whose value is the CRC, or with MODULE_REL_CRCS points to it. So that symbol cannot be
 * stripped.
 */
function readCrcs(
  file: OpenFile,
  elf: Elf,
  symbols: SymbolTable,
  name: string,
  count: number,
): (name: string, at: number) => number | null {
  const index = sectionNamed(elf, name);
  if (index === -1) return () => null;
  const relocations = readRelocations(file, elf, index);
  if (!relocations.known) return () => null;
  if (relocations.value.length > 0) {
    const targets = new Map<string, ElfSymbol>();
    for (const relocation of relocations.value) {
      const symbol = symbols.at(relocation.symbol);
      if (symbol !== null) targets.set(symbol.name, symbol);
    }
    return (exported) => {
      const symbol = targets.get(`__crc_${exported}`);
      return symbol === undefined ? null : crcAt(file, elf, symbol);
    };
  }
  const table = bytesOf(file, elf, index);
  return (_name, at) => (table.length === 4 * count ? wordAt(table, 4 * at, elf) : null);
}

function crcAt(file: OpenFile, elf: Elf, { section, value }: ElfSymbol): number | null {
  return section === SHN_ABS ? value >>> 0 : wordAt(bytesOf(file, elf, section), value, elf);
}

function wordAt(bytes: Buffer, at: number, { bits, little }: Elf): number | null {
  return at >= 0 && at + 4 <= bytes.length ? viewOf(bytes, bits, little).word(at) : null;
}

function sectionNamed({ sections }: Elf, wanted: string): number {
  return sections.findIndex(({ name }) => name === wanted);
}

/** Empty if the section does not exist or cannot be read. */
function bytesOf(file: OpenFile, elf: Elf, index: number): Buffer {
  const section = elf.sections[index];
  const content = section === undefined ? null : readSection(file, section, SECTION_MAX);
  return content?.known === true ? content.value : Buffer.alloc(0);
}

/**
 * check_module_license_and_versions() checks only whether the tables exist: one symbol without a CRC in a table is
 * accepted.
 */
export function lacksCrcs({ sections }: Elf): boolean {
  const has = (name: string): boolean =>
    sections.some((section) => section.name === name && section.size > 0);
  return ['', '_gpl'].some((suffix) => has(`__ksymtab${suffix}`) && !has(`__kcrctab${suffix}`));
}
