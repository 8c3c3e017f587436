import { type Fact, known, unknown } from '../../model/fact.ts';
import type { ModuleImport, ModuleInfo } from '../../model/module.ts';
import { isModuleName } from '../../model/module-name.ts';
import { buildIdOf } from '../elf/notes.ts';
import { type Elf, readSection } from '../elf/sections.ts';
import { type ElfSymbol, readSymbols, SHN_UNDEF, type SymbolTable } from '../elf/symbols.ts';
import type { OpenFile } from '../open-file.ts';
import { lacksCrcs, readExports } from './exports.ts';
import { parseModinfo } from './modinfo.ts';
import type { SymbolRoom } from './symbol-room.ts';
import { THIS_MODULE } from './this-module.ts';
import { parseExtendedVersions, parseVersions } from './versions.ts';

const SECTION_MAX = 4 * 1024 * 1024;

/** Reads the small sections of a module, never its debug information. `too-large`: there is no room for its symbols. */
export function readModuleInfo(file: OpenFile, elf: Elf, room: SymbolRoom): Fact<ModuleInfo> {
  const symbols = readSymbols(file, elf);
  if (!symbols.known) return symbols;
  if (symbols.value.isDamaged()) return unknown('malformed', 'its table of symbols is damaged');
  const own = readExports(file, elf, symbols.value);
  if (!own.known) return own;
  const bytes = (name: string): Buffer | null => {
    const section = elf.sections.find((candidate) => candidate.name === name);
    const content = section === undefined ? null : readSection(file, section, SECTION_MAX);
    return content?.known === true ? content.value : null;
  };
  const has = (name: string): boolean => elf.sections.some((section) => section.name === name);
  const modinfo = parseModinfo(bytes('.modinfo') ?? Buffer.alloc(0));
  const first = (key: string): string | null => modinfo.get(key)?.[0] ?? null;
  const versions = versionsOf(elf, bytes);
  const notes = bytes('.note.gnu.build-id');
  const imports = importsOf(symbols.value, versions, elf, room);
  const exports = allOrNothing(own.value.map(room.export));
  if (imports === null || exports === null) return NO_ROOM;
  const name = first('name');
  return known({
    name: name !== null && isModuleName(name) ? name : null,
    vermagic: first('vermagic'),
    version: first('version'),
    srcversion: first('srcversion'),
    license: first('license'),
    depends: (first('depends') ?? '').split(',').filter((name) => name !== ''),
    importNamespaces: modinfo.get('import_ns') ?? [],
    buildId: notes === null ? null : buildIdOf(notes, elf.little),
    hasVersions: versions !== null,
    hasBasicVersions: has('__versions'),
    hasExtendedVersions: has('__version_ext_crcs') && has('__version_ext_names'),
    moduleLayout: versions?.get('module_layout') ?? null,
    imports,
    exports,
    elf: elf.identity,
    structSize: elf.sections.find(({ name }) => name === THIS_MODULE)?.size ?? null,
    livepatch: modinfo.has('livepatch'),
    exportsWithoutCrc: lacksCrcs(elf),
    btfOfKernel: has('.BTF') && !has('.BTF.base'),
  });
}

const NO_ROOM = unknown('too-large', 'the modules that were read have more symbols than a scan can hold');

/** null: one of them is null. */
function allOrNothing<T>(values: readonly (T | null)[]): T[] | null {
  const all = values.filter((value) => value !== null);
  return all.length === values.length ? all : null;
}

/** null: there is no room for them. */
function importsOf(
  symbols: SymbolTable,
  versions: ReadonlyMap<string, number> | null,
  elf: Elf,
  room: SymbolRoom,
): ModuleImport[] | null {
  const imports: ModuleImport[] = [];
  for (const symbol of symbols.named((section) => section === SHN_UNDEF)) {
    const name = importedName(symbol, elf);
    if (name === null) continue;
    const crc = versions?.get(symbol.name) ?? versions?.get(name) ?? null;
    const shared = room.import(name, crc, symbol.weak);
    if (shared === null) return null;
    imports.push(shared);
  }
  return imports;
}

function versionsOf(elf: Elf, bytes: (name: string) => Buffer | null): Map<string, number> | null {
  const crcs = bytes('__version_ext_crcs');
  const names = bytes('__version_ext_names');
  if (crcs !== null && names !== null) return parseExtendedVersions(crcs, names, elf.little);
  const table = bytes('__versions');
  return table === null ? null : parseVersions(table, elf.bits, elf.little);
}

const EM_PPC64 = 21;

/**
 * On 64-bit PowerPC the kernel itself provides `.TOC.`, and removes the dot of ELFv1 from all other names (dedotify()
 * in arch/powerpc/kernel/module_64.c). null: the kernel provides it.
 */
function importedName({ name }: ElfSymbol, { machine }: Elf): string | null {
  if (machine !== EM_PPC64 || !name.startsWith('.')) return name;
  return name === '.TOC.' ? null : name.slice(1);
}
