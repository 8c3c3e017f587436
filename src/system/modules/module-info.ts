import { type Fact, known } from '../../model/fact.ts';
import type { ModuleExport, ModuleImport, ModuleInfo } from '../../model/module.ts';
import { THIS_MODULE } from '../abi/struct-size.ts';
import { buildIdOf } from '../elf/notes.ts';
import { type Elf, readSection, type Section, stringAt, viewOf } from '../elf/sections.ts';
import { type ElfSymbol, readSymbols, SHN_ABS, SHN_UNDEF } from '../elf/symbols.ts';
import type { OpenFile } from '../open-file.ts';
import { parseModinfo } from './modinfo.ts';
import { parseExtendedVersions, parseVersions } from './versions.ts';

const SECTION_MAX = 4 * 1024 * 1024;

/** What a module's sections tell: the small ones are read, and never its debug information. */
export function readModuleInfo(file: OpenFile, elf: Elf): Fact<ModuleInfo> {
  const symbols = readSymbols(
    file,
    elf,
    (name, section) =>
      section === SHN_UNDEF ||
      name.startsWith('__ksymtab_') ||
      name.startsWith('__crc_') ||
      name.startsWith('__flags_') ||
      name.startsWith('__kstrtabns_'),
  );
  if (!symbols.known) return symbols;
  const bytes = (name: string): Buffer | null => {
    const section = elf.sections.find((candidate) => candidate.name === name);
    const content = section === undefined ? null : readSection(file, section, SECTION_MAX);
    return content?.known === true ? content.value : null;
  };
  const modinfo = parseModinfo(bytes('.modinfo') ?? Buffer.alloc(0));
  const first = (key: string): string | null => modinfo.get(key)?.[0] ?? null;
  const versions = versionsOf(elf, bytes);
  const notes = bytes('.note.gnu.build-id');
  const exports = exportsOf(elf, symbols.value, bytes);
  return known({
    vermagic: first('vermagic'),
    version: first('version'),
    srcversion: first('srcversion'),
    license: first('license'),
    depends: (first('depends') ?? '').split(',').filter((name) => name !== ''),
    importNamespaces: modinfo.get('import_ns') ?? [],
    buildId: notes === null ? null : buildIdOf(notes, elf.little),
    hasVersions: versions !== null,
    hasBasicVersions: elf.sections.some(({ name }) => name === '__versions'),
    moduleLayout: versions?.get('module_layout') ?? null,
    imports: symbols.value
      .filter(({ section }) => section === SHN_UNDEF)
      .map((symbol) => importOf(symbol, versions)),
    exports,
    elf: elf.identity,
    structSize: elf.sections.find(({ name }) => name === THIS_MODULE)?.size ?? null,
    livepatch: modinfo.has('livepatch'),
    exportsWithoutCrc: lacksCrcs(elf),
  });
}

function versionsOf(elf: Elf, bytes: (name: string) => Buffer | null): Map<string, number> | null {
  const crcs = bytes('__version_ext_crcs');
  const names = bytes('__version_ext_names');
  if (crcs !== null && names !== null) return parseExtendedVersions(crcs, names, elf.little);
  const table = bytes('__versions');
  return table === null ? null : parseVersions(table, elf.bits, elf.little);
}

function importOf({ name, weak }: ElfSymbol, versions: ReadonlyMap<string, number> | null): ModuleImport {
  return { name, weak, crc: versions?.get(name) ?? null };
}

/** The module's own exports, by the symbols that EXPORT_SYMBOL() leaves (include/linux/export.h). */
function exportsOf(
  elf: Elf,
  symbols: readonly ElfSymbol[],
  bytes: (name: string) => Buffer | null,
): ModuleExport[] {
  const byName = new Map(symbols.map((symbol) => [symbol.name, symbol]));
  return symbols.flatMap((symbol) => {
    if (!symbol.name.startsWith('__ksymtab_') || symbol.section === SHN_UNDEF) return [];
    const name = symbol.name.slice('__ksymtab_'.length);
    const crc = byName.get(`__crc_${name}`);
    const namespace = byName.get(`__kstrtabns_${name}`);
    const section = elf.sections[symbol.section]?.name ?? '';
    return [
      {
        name,
        crc: crc === undefined ? null : crcOf(elf, crc, bytes),
        gplOnly: /^_+ksymtab_gpl/.test(section) || isFlaggedGpl(elf, byName.get(`__flags_${name}`), bytes),
        namespace: namespace === undefined ? '' : textOf(elf, namespace, bytes),
      },
    ];
  });
}

const KSYM_FLAG_GPL_ONLY = 1;

/** Kernels that have `__kflagstab` know no table of its own for EXPORT_SYMBOL_GPL (include/linux/export-internal.h). */
function isFlaggedGpl(
  elf: Elf,
  symbol: ElfSymbol | undefined,
  bytes: (name: string) => Buffer | null,
): boolean {
  const section = symbol === undefined ? undefined : elf.sections[symbol.section];
  if (symbol === undefined || section === undefined || !/^_+kflagstab/.test(section.name)) return false;
  return ((bytes(section.name)?.[symbol.value] ?? 0) & KSYM_FLAG_GPL_ONLY) !== 0;
}

/**
 * check_module_license_and_versions() asks for the tables alone: one symbol without a CRC among others that have one
 * does no harm.
 */
function lacksCrcs({ sections }: Elf): boolean {
  const has = (name: string): boolean =>
    sections.some((section) => section.name === name && section.size > 0);
  return ['', '_gpl'].some((suffix) => has(`__ksymtab${suffix}`) && !has(`__kcrctab${suffix}`));
}

/** Up to 5.18 the symbol's value is the CRC; later it lies in the section `__kcrctab`. */
function crcOf(elf: Elf, symbol: ElfSymbol, bytes: (name: string) => Buffer | null): number | null {
  if (symbol.section === SHN_ABS) return symbol.value >>> 0;
  const section: Section | undefined = elf.sections[symbol.section];
  const content = section === undefined ? null : bytes(section.name);
  if (content === null || symbol.value + 4 > content.length) return null;
  return viewOf(content, elf.bits, elf.little).word(symbol.value);
}

function textOf(elf: Elf, symbol: ElfSymbol, bytes: (name: string) => Buffer | null): string {
  const content = bytes(elf.sections[symbol.section]?.name ?? '');
  return content === null ? '' : stringAt(content, symbol.value);
}
