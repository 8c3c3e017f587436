import type { KernelExport } from '../../model/abi.ts';
import { NAME_MAX } from '../elf/sections.ts';

/** `0x12345678<TAB>` stands before the name. */
const NAME_AT = 11;

/**
 * The wanted lines of Module.symvers: CRC, symbol, where, export type and namespace, TAB separated
 * (Documentation/kbuild/modules.rst; the namespace came with 5.4, between symbol and … in 5.4 to 5.8 only).
 */
export function exportsFromSymvers(bytes: Buffer, wanted: ReadonlySet<string>): Record<string, KernelExport> {
  const found: Record<string, KernelExport> = {};
  const lengths = lengthsOf(wanted);
  const text = bytes.toString('latin1');
  let tab = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const nameAt = start + NAME_AT;
    // A line without one must not be searched to the next, which in a hostile file is far behind all others.
    if (tab < nameAt) tab = text.indexOf('\t', nameAt);
    if (tab === -1) break;
    // No string is made of most of the twenty thousand names.
    const name = tab < end && lengths[tab - nameAt] === 1 ? text.slice(nameAt, tab) : '';
    const entry = wanted.has(name) ? parseLine(text.slice(start, end)) : null;
    if (entry !== null) found[name] = entry;
    start = end + 1;
  }
  return found;
}

/** Which lengths the names have: 1 at each. No module asks for a longer one. */
function lengthsOf(names: ReadonlySet<string>): Uint8Array {
  const lengths = new Uint8Array(NAME_MAX + 1);
  for (const name of names) lengths[name.length] = 1;
  return lengths;
}

function parseLine(line: string): KernelExport | null {
  const fields = line.replace(/\r$/, '').split('\t');
  const crc = Number(fields[0]);
  // Linux 5.4 to 5.8 wrote the namespace third; the export type tells which field is which.
  const typeAt = fields.findIndex((field, index) => index >= 2 && field.startsWith('EXPORT_'));
  if (typeAt < 0 || !Number.isInteger(crc)) return null;
  const old = typeAt === 4;
  return {
    crc,
    // What was to become so (EXPORT_SYMBOL_GPL_FUTURE) is not.
    gplOnly: fields[typeAt]?.endsWith('_GPL') === true,
    namespace: (old ? fields[2] : fields[typeAt + 1]) ?? '',
    from: (old ? fields[3] : fields[2]) ?? 'vmlinux',
  };
}
