import { type Fact, known, unknown } from '../../model/fact.ts';
import type { ByteSource } from '../bytes.ts';
import { MIB } from '../open-file.ts';
import { readKernelElf } from './kernel-elf.ts';
import { searchTables } from './search-tables.ts';
import type { Stretch, SymbolTablePart, SymbolTables } from './symbol-table.ts';

/** Suffix of each table → is it for GPL only? The last three existed up to 5.11. */
const SUFFIXES = { '': false, _gpl: true, _gpl_future: false, _unused: false, _unused_gpl: true };
/** The tables of some 24,000 symbols have less than 1 MiB. */
const TABLE_MAX = 8 * MIB;

/** Reads the tables by section headers; in a kernel without headers, searches them by their form. */
export function readSymbolTables(kernel: ByteSource): Fact<SymbolTables> {
  const elf = readKernelElf(kernel);
  if (elf === null) return searchTables(kernel);
  if (!elf.known) return elf;
  const { sections, bits, little } = elf.value;
  const stretch = (name: string): Stretch | null => {
    const section = sections.find((candidate) => candidate.name === name);
    if (section === undefined || section.size === 0 || section.size > TABLE_MAX) return null;
    return { bytes: kernel.read(section.offset, section.size), address: section.address };
  };
  const strings = stretch('__ksymtab_strings');
  if (strings === null) return unknown('no-data', 'the kernel exports no symbols');
  const parts = Object.entries(SUFFIXES).flatMap(([suffix, gplOnly]): SymbolTablePart[] => {
    const symbols = stretch(`__ksymtab${suffix}`);
    const crcs = stretch(`__kcrctab${suffix}`)?.bytes ?? Buffer.alloc(0);
    return symbols === null ? [] : [{ symbols, crcs, gplOnly }];
  });
  const flags = stretch('__kflagstab')?.bytes ?? Buffer.alloc(0);
  return known({ parts, strings, flags, bits, little });
}
