import type { KernelExport } from '../../model/abi.ts';
import { type Fact, known, unknown } from '../../model/fact.ts';
import { indexWithin } from '../bytes.ts';

const NEWLINE = 10;
const BLANK = 32;

/** The symbols of a kernel image: from System.map, or /proc/kallsyms without its modules. */
export interface MapSymbols {
  /** Unknown if no export is listed: /proc/kallsyms has exports only with CONFIG_KALLSYMS_ALL. */
  readonly exports: Fact<Readonly<Record<string, KernelExport>>>;
  /** The requested names that are symbols of the kernel, exported or not. */
  readonly present: ReadonlySet<string>;
  /** Is the text a symbol map at all? */
  readonly sound: boolean;
}

/**
 * Reads `ADDRESS TYPE NAME` lines. An exported symbol has a `__ksymtab_NAME`; it is GPL-only if that is between
 * `__start___ksymtab_gpl` and its stop. Its CRC is known only up to 5.18, where `__crc_NAME` is an absolute value.
 * Namespaces are not in the map.
 */
export function readSymbolMap(
  bytes: Buffer,
  wanted: ReadonlySet<string>,
  present: ReadonlySet<string>,
): MapSymbols {
  const table = new Map<string, number>();
  const crcs = new Map<string, number>();
  const seen = new Set<string>();
  const gpl = { start: 0, stop: 0 };
  let lines = 0;
  let listsExports = false;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const blank = indexWithin(bytes, BLANK, start, end);
    if (blank > start && blank + 3 < end && bytes[blank + 2] === BLANK) {
      lines++;
      const nameAt = blank + 3;
      const name = symbolName(bytes, nameAt, end);
      if (name.startsWith('__')) {
        if (name.startsWith('__ksymtab_')) {
          listsExports = true;
          if (wanted.has(name.slice(10))) table.set(name.slice(10), addressAt(bytes, start, blank));
        } else if (name.startsWith('__crc_') && wanted.has(name.slice(6))) {
          const absolute = (bytes[blank + 1] ?? 0) === 65 || (bytes[blank + 1] ?? 0) === 97;
          if (absolute)
            crcs.set(name.slice(6), Number.parseInt(bytes.toString('latin1', start, blank), 16) >>> 0);
        } else if (name === '__start___ksymtab_gpl') gpl.start = addressAt(bytes, start, blank);
        else if (name === '__stop___ksymtab_gpl') gpl.stop = addressAt(bytes, start, blank);
      }
      if (present.has(name)) seen.add(name);
    }
    start = end + 1;
  }
  const tellsGpl = gpl.stop > gpl.start;
  const exports: Record<string, KernelExport> = {};
  for (const [name, address] of table) {
    const gplOnly = tellsGpl ? address >= gpl.start && address < gpl.stop : null;
    exports[name] = { crc: crcs.get(name) ?? null, gplOnly, namespace: null, from: 'vmlinux' };
  }
  return {
    exports: listsExports
      ? known(exports)
      : unknown('no-data', 'the symbols listed do not tell what is exported'),
    present: seen,
    sound: lines > 0,
  };
}

/**
 * Those of the names that are symbols in the map. A search of the whole for each name is faster than reading a
 * hundred thousand lines, and this is done for each build.
 */
export function symbolsPresent(bytes: Buffer, names: ReadonlySet<string>): Set<string> {
  return new Set([...names].filter((name) => hasSymbol(bytes, name)));
}

/** The search leaves out the blank before the name: each line has one, which would slow the search. */
function hasSymbol(bytes: Buffer, name: string): boolean {
  const wanted = Buffer.from(`${name}\n`, 'latin1');
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
    if (bytes[at - 1] === BLANK) return true;
  }
  return false;
}

/** The name in a line. The lookup needs a string, though few names are wanted. */
function symbolName(bytes: Buffer, start: number, end: number): string {
  const name = bytes.toString('latin1', start, end);
  // kallsyms appends `<TAB>[module]`. The search is in the line only: in the whole text it would run to the first
  // symbol of a module, which for most lines is megabytes away.
  const tab = name.indexOf('\t');
  return tab > 0 ? name.slice(0, tab) : name;
}

/** The low 52 bits of an address: enough to compare, and exact in a double. */
function addressAt(bytes: Buffer, start: number, end: number): number {
  return Number.parseInt(bytes.toString('latin1', Math.max(start, end - 13), end), 16);
}
