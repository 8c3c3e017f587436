import type { KernelExport } from '../../model/abi.ts';
import { chainFact, type Fact, known, unknown } from '../../model/fact.ts';
import type { ByteSource } from '../bytes.ts';
import { stringAt, viewOf } from '../elf/sections.ts';
import type { Stretch, SymbolTablePart, SymbolTables } from './symbol-table.ts';
import { readSymbolTables } from './symbol-tables.ts';

export type Exports = ReadonlyMap<string, KernelExport>;

/**
 * All symbols that vmlinux exports, from the tables of the decompressed kernel: the same as in Module.symvers. CRCs are 0
 * without MODVERSIONS, as there.
 */
export function readKernelExports(kernel: ByteSource): Fact<Exports> {
  return chainFact(readSymbolTables(kernel), (tables) => {
    const exports = new Map<string, KernelExport>();
    for (const part of tables.parts) {
      const form = FORMS.find((candidate) => fits(candidate, part.symbols, tables));
      if (form === undefined)
        return unknown('malformed', 'its table of exported symbols is of no known form');
      addPart(exports, part, form, tables);
    }
    if (exports.size === 0) return unknown('no-data', 'the kernel exports no symbols');
    return known(exports);
  });
}

/**
 * The form of an entry of the table (struct kernel_symbol, include/linux/export-internal.h, earlier
 * include/linux/export.h). Name and, since 5.4, namespace are addresses, or since 4.19 mostly offsets relative to the
 * field itself (HAVE_ARCH_PREL32_RELOCATIONS).
 */
interface Form {
  readonly relative: boolean;
  readonly wide: boolean;
  readonly namespaces: boolean;
}

const FORMS: readonly Form[] = [true, false].flatMap((namespaces) => [
  { relative: true, wide: false, namespaces },
  { relative: false, wide: true, namespaces },
  { relative: false, wide: false, namespaces },
]);

function sizeOf({ wide, namespaces }: Form): number {
  return (wide ? 8 : 4) * (namespaces ? 3 : 2);
}

/** Does every entry have a name in this form? (The linker may place a name inside a longer one.) */
function fits(form: Form, symbols: Stretch, tables: SymbolTables): boolean {
  const size = sizeOf(form);
  const { length } = symbols.bytes;
  if (length % size !== 0) return false;
  const { bytes } = tables.strings;
  for (let at = 0; at < length; at += size) {
    const name = textOffset(form, symbols, at, 1, tables);
    if (name === null || !isNameStart(bytes[name])) return false;
  }
  return true;
}

function isNameStart(byte: number | undefined): boolean {
  const text = String.fromCharCode(byte ?? 0);
  return /[A-Za-z_.$]/.test(text);
}

/** Offset of the text that a field of an entry points to; null: outside of the strings. */
function textOffset(
  { relative, wide }: Form,
  symbols: Stretch,
  entry: number,
  field: number,
  { strings, bits, little }: SymbolTables,
): number | null {
  const view = viewOf(symbols.bytes, wide ? 64 : 32, little);
  const at = entry + field * (wide ? 8 : 4);
  const value = wide ? view.wide(at) : BigInt(relative ? view.word(at) | 0 : view.word(at));
  if (value === 0n) return null;
  const target = BigInt.asUintN(bits, relative ? symbols.address + BigInt(at) + value : value);
  const offset = target - strings.address;
  return offset >= 0n && offset < BigInt(strings.bytes.length) ? Number(offset) : null;
}

const GPL_ONLY = 1; // KSYM_FLAG_GPL_ONLY

function addPart(
  exports: Map<string, KernelExport>,
  { symbols, crcs, gplOnly }: SymbolTablePart,
  form: Form,
  tables: SymbolTables,
): void {
  const size = sizeOf(form);
  const count = symbols.bytes.length / size;
  const { strings, flags, little } = tables;
  // Up to 4.9 a CRC was an unsigned long.
  const crcSize = count === 0 ? 4 : Math.floor(crcs.length / count);
  const view = viewOf(crcs, 32, little);
  const crcOf = (index: number): number | null => {
    if (crcs.length === 0) return 0;
    if (crcSize !== 4 && crcSize !== 8) return null;
    return view.word(index * crcSize + (crcSize === 8 && !little ? 4 : 0));
  };
  for (let index = 0; index < count; index++) {
    const at = textOffset(form, symbols, index * size, 1, tables) ?? 0;
    const namespaceAt = form.namespaces ? textOffset(form, symbols, index * size, 2, tables) : null;
    exports.set(stringAt(strings.bytes, at), {
      crc: crcOf(index),
      gplOnly: flags.length > 0 ? ((flags[index] ?? 0) & GPL_ONLY) !== 0 : gplOnly,
      namespace: namespaceAt === null ? '' : stringAt(strings.bytes, namespaceAt),
      from: 'vmlinux',
    });
  }
}
