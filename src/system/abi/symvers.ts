import type { KernelExport } from '../../model/abi.ts';
import { indexWithin } from '../bytes.ts';

const NEWLINE = 10;
const TAB = 9;

/**
 * The wanted lines of Module.symvers: CRC, symbol, where, export type and namespace, TAB separated
 * (Documentation/kbuild/modules.rst; the namespace came with 5.4, between symbol and … in 5.4 to 5.8 only).
 */
export function exportsFromSymvers(bytes: Buffer, wanted: ReadonlySet<string>): Record<string, KernelExport> {
  const found: Record<string, KernelExport> = {};
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    // `0x12345678<TAB>name<TAB>…`: only the name is taken out of each of the twenty thousand lines.
    const nameAt = start + 11;
    const nameEnd = indexWithin(bytes, TAB, nameAt, end);
    if (nameEnd > nameAt) {
      const name = bytes.toString('latin1', nameAt, nameEnd);
      if (wanted.has(name)) {
        const entry = parseLine(bytes.toString('latin1', start, end));
        if (entry !== null) found[name] = entry;
      }
    }
    start = end + 1;
  }
  return found;
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
    gplOnly: /_GPL/.test(fields[typeAt] ?? ''),
    namespace: (old ? fields[2] : fields[typeAt + 1]) ?? '',
    from: (old ? fields[3] : fields[2]) ?? 'vmlinux',
  };
}
