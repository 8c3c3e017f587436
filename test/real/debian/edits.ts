import assert from 'node:assert/strict';

/**
 * Invalid modules: the damage that a disk, a tool or a person can do to a file. Each is made from a signed module of
 * Debian's for x86-64. Edits of anything but the signature or the whole file use its unsigned form, so that a later
 * check is reached.
 */
export const EDITS: Readonly<Record<string, (module: Buffer) => Buffer>> = {
  'signature cut': (module) => unsigned(module),
  'magic of the signature alone': (module) => Buffer.concat([unsigned(module), MAGIC]),
  'signature of another length': (module) => changedAt(module, module.length - MAGIC.length - 4, 0x7f),
  'changed after signing': (module) => replaced(module, '\0intree=Y', '\0stagin=Y'),
  'other release': (module) => replaced(unsigned(module), 'vermagic=', 'vermagic=9'),
  'other word in the vermagic': (module) => replaced(unsigned(module), ' mod_unload ', ' mod_unl0ad '),
  'no vermagic': (module) => replaced(unsigned(module), 'vermagic=', 'vermagix='),
  'no version table': (module) => withoutSection(unsigned(module), '__versions'),
  'other CRC of module_layout': (module) => withOtherCrc(unsigned(module), 'module_layout'),
  'other CRC of a symbol': (module) => withOtherCrc(unsigned(module), lastVersioned(module)),
  'no version of a symbol': (module) => replacedAfter(unsigned(module), '__versions', lastVersioned(module)),
  'no version of module_layout': (module) => replacedAfter(unsigned(module), '__versions', 'module_layout'),
  'license that is not free': (module) => replaced(unsigned(module), '\0license=GPL', '\0license=XPL'),
  'no license': (module) => replaced(unsigned(module), '\0license=', '\0licence='),
  'no namespaces': (module) => replaced(unsigned(module), '\0import_ns=', '\0import_nz='),
  'live patch': (module) => replaced(unsigned(module), '\0retpoline=Y', '\0livepatch=Y'),
  'not in the tree': (module) => replaced(unsigned(module), '\0intree=Y', '\0stagin=Y'),
  'no retpolines': (module) => replaced(unsigned(module), '\0retpoline=Y', '\0retpolime=Y'),
  'unknown symbol': (module) => withOtherSymbol(unsigned(module), lastVersioned(module)),
  'no modinfo': (module) => withoutSection(unsigned(module), '.modinfo'),
  'no symbol table': (module) => withoutType(unsigned(module), 2),
  'no struct module': (module) => withoutSection(unsigned(module), '.gnu.linkonce.this_module'),
  'smaller struct module': (module) => withSmallerSection(unsigned(module), '.gnu.linkonce.this_module'),
  'for arm64': (module) => changedAt(unsigned(module), 18, 183),
  executable: (module) => changedAt(unsigned(module), 16, 2),
  'no ELF file': (module) => changedAt(unsigned(module), 1, 0x46),
  'cut in half': (module) => module.subarray(0, module.length >> 1),
  'cut within the header': (module) => module.subarray(0, 40),
  'cut behind the header': (module) => module.subarray(0, 64),
  'a text': () => Buffer.from('this is no module\n'.repeat(8)),
  empty: () => Buffer.alloc(0),
  'zeroes instead of the last block': (module) =>
    Buffer.concat([module.subarray(0, -4096), Buffer.alloc(4096)]),
};

const MAGIC = Buffer.from('~Module signature appended~\n');
/** struct module_signature: its last field is the length of the signature, big endian. */
const DESCRIPTOR = 12;

/** The module without the data that was appended to it. */
function unsigned(module: Buffer): Buffer {
  assert.ok(module.subarray(-MAGIC.length).equals(MAGIC), 'a signed module');
  const end = module.length - MAGIC.length;
  return module.subarray(0, end - DESCRIPTOR - module.readUInt32BE(end - 4));
}

function changedAt(module: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(module);
  assert.notEqual(copy[at], byte);
  copy[at] = byte;
  return copy;
}

/** Overwrites the first `from` with `to`, whatever follows. */
function replaced(module: Buffer, from: string, to: string, start = 0): Buffer {
  const at = module.indexOf(from, start, 'latin1');
  assert.ok(at >= 0, `${JSON.stringify(from)} is in the module`);
  const copy = Buffer.from(module);
  copy.write(to, at, 'latin1');
  return copy;
}

interface Header {
  /** Offset of its entry in the table. */
  readonly entry: number;
  readonly name: string;
  /** Offset of its name in the table of names. */
  readonly nameAt: number;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

function headersOf(module: Buffer): Header[] {
  const table = Number(module.readBigUInt64LE(40));
  const count = module.readUInt16LE(60);
  const offsetOf = (index: number): number => Number(module.readBigUInt64LE(table + index * 64 + 24));
  const names = offsetOf(module.readUInt16LE(62));
  return Array.from({ length: count }, (_, index) => {
    const entry = table + index * 64;
    const nameAt = names + module.readUInt32LE(entry);
    return {
      entry,
      nameAt,
      name: module.toString('latin1', nameAt, module.indexOf(0, nameAt)),
      type: module.readUInt32LE(entry + 4),
      offset: offsetOf(index),
      size: Number(module.readBigUInt64LE(entry + 32)),
    };
  });
}

function header(module: Buffer, name: string): Header {
  const found = headersOf(module).find((candidate) => candidate.name === name);
  assert.ok(found !== undefined, `there is a section ${name}`);
  return found;
}

/** Under another name nothing finds it. */
function withoutSection(module: Buffer, name: string): Buffer {
  return changedAt(module, header(module, name).nameAt + 1, 'Z'.charCodeAt(0));
}

function withoutType(module: Buffer, type: number): Buffer {
  const found = headersOf(module).find((candidate) => candidate.type === type);
  assert.ok(found !== undefined);
  return changedAt(module, found.entry + 4, 1);
}

function withSmallerSection(module: Buffer, name: string): Buffer {
  const { entry, size } = header(module, name);
  const copy = Buffer.from(module);
  copy.writeBigUInt64LE(BigInt(size - 64), entry + 32);
  return copy;
}

/** A record of `__versions` is 64 bytes: the CRC in eight, and the name. */
const RECORD = 64;

function recordOf(module: Buffer, symbol: string): number {
  const { offset, size } = header(module, '__versions');
  for (let at = offset; at < offset + size; at += RECORD)
    if (module.toString('latin1', at + 8, module.indexOf(0, at + 8)) === symbol) return at;
  throw new Error(`there is no version of ${symbol}`);
}

function lastVersioned(module: Buffer): string {
  const { offset, size } = header(module, '__versions');
  const names = Array.from({ length: size / RECORD }, (_, index) => {
    const at = offset + index * RECORD + 8;
    return module.toString('latin1', at, module.indexOf(0, at));
  });
  return names.filter((name) => name !== 'module_layout' && name.length > 4).sort()[0] ?? '';
}

function withOtherCrc(module: Buffer, symbol: string): Buffer {
  const at = recordOf(module, symbol);
  return changedAt(module, at, (module[at] ?? 0) ^ 0xff);
}

function replacedAfter(module: Buffer, section: string, symbol: string): Buffer {
  const at = recordOf(module, symbol) + 8;
  assert.ok(at >= header(module, section).offset);
  return changedAt(module, at, '!'.charCodeAt(0));
}

/** Nothing exports the symbol that it then needs. */
function withOtherSymbol(module: Buffer, symbol: string): Buffer {
  const { offset } = header(module, '.strtab');
  return replaced(module, `\0${symbol}\0`, `\0${symbol.slice(0, -2)}ZZ\0`, offset);
}
