import { type ElfSection, type ElfSymbol, writeElf } from './elf.ts';
import { symbolCrc } from './exports.ts';
import { hexOf } from './hash.ts';
import { type Build, vermagicOf } from './kernel.ts';
import { buildIdNote, kernelNotes } from './notes.ts';

/** A kernel module as plain data. Vermagic, CRCs and build ID are computed from the build that it was compiled against. */
export interface KernelModule {
  /** As in the file's name: `dm-thin-pool`. */
  readonly name: string;
  readonly version: string | null;
  readonly license: string;
  readonly description: string;
  readonly depends: readonly string[];
  /** Symbols that it uses, from the kernel or from the modules that it depends on. */
  readonly imports: readonly string[];
  /** Those of `imports` for which the version table has no entry. */
  readonly unversioned: readonly string[];
  readonly exports: readonly { readonly name: string; readonly gplOnly: boolean }[];
  readonly against: Build;
  /** Built with the kernel itself. */
  readonly inTree: boolean;
  readonly signed: boolean;
  /** Size of its debug information, bytes. */
  readonly debugBytes: number;
}

/** A module that imports two symbols, and has no version, exports or signature. */
export function plainModule(name: string, against: Build): KernelModule {
  return {
    name,
    version: null,
    license: 'GPL',
    description: `${name} of the demonstration`,
    depends: [],
    imports: ['_printk', 'kfree'],
    unversioned: [],
    exports: [],
    against,
    inTree: false,
    signed: false,
    debugBytes: 0,
  };
}

/** GNU build ID, hex. */
export function moduleBuildId(module: KernelModule): string {
  return hexOf(module);
}

export function moduleSrcversion(module: KernelModule): string {
  return hexOf([module.name, module.version, module.imports]).slice(0, 24).toUpperCase();
}

/** The `.ko`: a relocatable ELF file with the sections that the kernel, kmod and binutils read. */
export function moduleFile(module: KernelModule): Buffer {
  const versioned = module.against.config.MODVERSIONS === 'y';
  const elf = writeElf({
    kind: 'relocatable',
    sections: [
      {
        name: '.note.gnu.build-id',
        type: 'note',
        flags: 'A',
        bytes: buildIdNote(moduleBuildId(module)),
        align: 4,
      },
      { name: '.note.Linux', type: 'note', flags: 'A', bytes: kernelNotes('').subarray(0, 24), align: 4 },
      { name: '.text', type: 'progbits', flags: 'AX', bytes: Buffer.alloc(32, 0xc3), align: 16 },
      ...exportSections(module, versioned),
      { name: '.modinfo', type: 'progbits', flags: 'A', bytes: modinfo(module) },
      ...(versioned ? [versions(module)] : []),
      {
        name: '.gnu.linkonce.this_module',
        type: 'progbits',
        flags: 'WA',
        bytes: Buffer.alloc(896),
        align: 64,
      },
      ...(module.debugBytes > 0 ? [debugInfo(module.debugBytes)] : []),
    ],
    symbols: [
      { name: 'init_module', section: '.text', value: 0, size: 16, bind: 'global', type: 'func' },
      {
        name: '__this_module',
        section: '.gnu.linkonce.this_module',
        value: 0,
        size: 896,
        bind: 'global',
        type: 'object',
      },
      ...exportSymbols(module, versioned),
      ...module.imports.map(undefinedSymbol),
    ],
  });
  return module.signed ? Buffer.concat([elf, signature()]) : elf;
}

function modinfo(module: KernelModule): Buffer {
  const fields: [string, string | null][] = [
    ['version', module.version],
    ['license', module.license],
    ['description', module.description],
    ['srcversion', moduleSrcversion(module)],
    ['depends', module.depends.join(',')],
    ['intree', module.inTree ? 'Y' : null],
    ['name', module.name.replaceAll('-', '_')],
    ['vermagic', vermagicOf(module.against)],
  ];
  const lines = fields.flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}\0`]));
  return Buffer.from(lines.join(''));
}

/** `struct modversion_info`: 8 bytes of CRC, 56 of name. */
function versions(module: KernelModule): ElfSection {
  const symbols = ['module_layout', ...module.imports.filter((name) => !module.unversioned.includes(name))];
  const bytes = Buffer.alloc(symbols.length * 64);
  for (const [at, name] of symbols.entries()) {
    bytes.writeBigUInt64LE(BigInt(symbolCrc(module.against, name)), at * 64);
    bytes.write(name, at * 64 + 8, 55, 'latin1');
  }
  return { name: '__versions', type: 'progbits', flags: 'A', bytes, align: 32 };
}

const STRINGS = '__ksymtab_strings';

/** The sections of a module's own exports, as module.lds and include/linux/export.h of 6.1 arrange them. */
function exportSections(module: KernelModule, versioned: boolean): ElfSection[] {
  if (module.exports.length === 0) return [];
  const strings = module.exports.map(({ name }) => `${name}\0\0`).join('');
  const tables = [false, true].flatMap((gplOnly) => {
    const symbols = module.exports.filter((symbol) => symbol.gplOnly === gplOnly);
    if (symbols.length === 0) return [];
    const crcs = Buffer.alloc(4 * symbols.length);
    for (const [at, { name }] of symbols.entries())
      crcs.writeUInt32LE(symbolCrc(module.against, name), 4 * at);
    return [
      {
        ...section(`__ksymtab${suffix(gplOnly)}`, Buffer.alloc(12 * symbols.length), 4),
        relocations: symbols.flatMap(({ name }, at) =>
          [name, `__kstrtab_${name}`, `__kstrtabns_${name}`].map((symbol, field) => ({
            offset: 12 * at + 4 * field,
            symbol,
          })),
        ),
      },
      ...(versioned ? [section(`__kcrctab${suffix(gplOnly)}`, crcs, 4)] : []),
    ];
  });
  const names: ElfSection = {
    ...section(STRINGS, Buffer.from(strings), 1),
    flags: 'AMS',
    entrySize: 1,
  };
  return [...tables, names];
}

function exportSymbols(module: KernelModule, versioned: boolean): ElfSymbol[] {
  let text = 0;
  const names = module.exports.flatMap(({ name }) => {
    const at = text;
    text += name.length + 2;
    return [
      local(`__kstrtab_${name}`, STRINGS, at),
      local(`__kstrtabns_${name}`, STRINGS, at + name.length + 1),
    ];
  });
  const entries = [false, true].flatMap((gplOnly) =>
    module.exports
      .filter((symbol) => symbol.gplOnly === gplOnly)
      .flatMap(({ name }, at): ElfSymbol[] => [
        { name, section: '.text', value: 16, size: 1, bind: 'global', type: 'func' },
        local(`__ksymtab_${name}`, `__ksymtab${suffix(gplOnly)}`, 12 * at),
        ...(versioned ? [local(`__crc_${name}`, `__kcrctab${suffix(gplOnly)}`, 4 * at)] : []),
      ]),
  );
  return [...names, ...entries];
}

function suffix(gplOnly: boolean): string {
  return gplOnly ? '_gpl' : '';
}

function section(name: string, bytes: Buffer, align: number): ElfSection {
  return { name, type: 'progbits', flags: 'A', bytes, align };
}

function local(name: string, inSection: string, value: number): ElfSymbol {
  return { name, section: inSection, value, size: 0, bind: 'local', type: 'notype' };
}

function undefinedSymbol(name: string): ElfSymbol {
  return { name, section: null, value: 0, size: 0, bind: 'global', type: 'notype' };
}

function debugInfo(bytes: number): ElfSection {
  return { name: '.debug_info', type: 'progbits', bytes: Buffer.alloc(bytes, 0x5a) };
}

const PKEY_ID_PKCS7 = 2;

/** A signature of no key, followed by `struct module_signature` and the marker. */
function signature(): Buffer {
  const message = Buffer.alloc(64, 0x30);
  const trailer = Buffer.alloc(12);
  trailer.writeUInt8(PKEY_ID_PKCS7, 2);
  trailer.writeUInt32BE(message.length, 8);
  return Buffer.concat([message, trailer, Buffer.from('~Module signature appended~\n')]);
}
