import { type Fact, known } from '../../model/fact.ts';
import type { ModuleImport, ModuleInfo } from '../../model/module.ts';
import { buildIdOf } from '../elf/notes.ts';
import { type Elf, readSection } from '../elf/sections.ts';
import { type ElfSymbol, readSymbols, SHN_UNDEF } from '../elf/symbols.ts';
import type { OpenFile } from '../open-file.ts';
import { lacksCrcs, readExports } from './exports.ts';
import { parseModinfo } from './modinfo.ts';
import { THIS_MODULE } from './this-module.ts';
import { parseExtendedVersions, parseVersions } from './versions.ts';

const SECTION_MAX = 4 * 1024 * 1024;

/** What a module's sections tell: the small ones are read, and never its debug information. */
export function readModuleInfo(file: OpenFile, elf: Elf): Fact<ModuleInfo> {
  const symbols = readSymbols(file, elf);
  if (!symbols.known) return symbols;
  const exports = readExports(file, elf, symbols.value);
  if (!exports.known) return exports;
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
  return known({
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
    imports: symbols.value
      .named((_name, section) => section === SHN_UNDEF)
      .flatMap((symbol) => importOf(symbol, versions, elf)),
    exports: exports.value,
    elf: elf.identity,
    structSize: elf.sections.find(({ name }) => name === THIS_MODULE)?.size ?? null,
    livepatch: modinfo.has('livepatch'),
    exportsWithoutCrc: lacksCrcs(elf),
    btfOfKernel: has('.BTF') && !has('.BTF.base'),
  });
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
 * On 64-bit PowerPC the kernel itself gives `.TOC.`, and takes the dot of ELFv1 from all other names (dedotify() in
 * arch/powerpc/kernel/module_64.c).
 */
function importOf(
  { name: written, weak }: ElfSymbol,
  versions: ReadonlyMap<string, number> | null,
  { machine }: Elf,
): ModuleImport[] {
  const isDotted = machine === EM_PPC64 && written.startsWith('.');
  if (isDotted && written === '.TOC.') return [];
  const name = isDotted ? written.slice(1) : written;
  return [{ name, weak, crc: versions?.get(written) ?? versions?.get(name) ?? null }];
}
