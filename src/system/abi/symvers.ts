import type { KernelExport } from '../../model/abi.ts';
import { NAME_MAX } from '../elf/sections.ts';

/** `0x12345678<TAB>` precedes the name. */
const NAME_AT = 11;

/**
 * The wanted lines of Module.symvers: CRC, symbol, module, export type and namespace, separated by TAB
 * (Documentation/kbuild/modules.rst). The namespace came with 5.4; in 5.4 to 5.8 it is the third field.
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
    // If a line has no TAB, this search must not run again for each line: in a hostile file the next TAB is far away.
    if (tab < nameAt) tab = text.indexOf('\t', nameAt);
    if (tab === -1) break;
    // Creates no string for most of the twenty thousand names.
    const name = tab < end && lengths[tab - nameAt] === 1 ? text.slice(nameAt, tab) : '';
    const entry = wanted.has(name) ? parseLine(text.slice(start, end)) : null;
    if (entry !== null) found[name] = entry;
    start = end + 1;
  }
  return found;
}

/** The lengths that the names have: 1 at each such index. No module imports a longer name. */
function lengthsOf(names: ReadonlySet<string>): Uint8Array {
  const lengths = new Uint8Array(NAME_MAX + 1);
  for (const name of names) lengths[name.length] = 1;
  return lengths;
}

function parseLine(line: string): KernelExport | null {
  const fields = line.replace(/\r$/, '').split('\t');
  const crc = Number(fields[0]);
  // Linux 5.4 to 5.8 wrote the namespace third. The export type shows which field is which.
  const typeAt = fields.findIndex((field, index) => index >= 2 && field.startsWith('EXPORT_'));
  if (typeAt < 0 || !Number.isInteger(crc)) return null;
  const old = typeAt === 4;
  return {
    crc,
    // EXPORT_SYMBOL_GPL_FUTURE is not GPL-only yet.
    gplOnly: fields[typeAt]?.endsWith('_GPL') === true,
    namespace: (old ? fields[2] : fields[typeAt + 1]) ?? '',
    from: (old ? fields[3] : fields[2]) ?? 'vmlinux',
  };
}
