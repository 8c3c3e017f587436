import type { KernelExport } from '../../model/abi.ts';
import { indexWithin } from '../bytes.ts';

const NEWLINE = 10;
const TAB = 9;

/** `0x12345678<TAB>` stands before the name. */
const NAME_AT = 11;

/**
 * The wanted lines of Module.symvers: CRC, symbol, where, export type and namespace, TAB separated
 * (Documentation/kbuild/modules.rst; the namespace came with 5.4, between symbol and … in 5.4 to 5.8 only).
 */
export function exportsFromSymvers(bytes: Buffer, wanted: ReadonlySet<string>): Record<string, KernelExport> {
  const found: Record<string, KernelExport> = {};
  const hashes = new Set([...wanted].map((name) => hashOf(Buffer.from(name, 'latin1'))));
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const nameAt = start + NAME_AT;
    // No string is made of most of the twenty thousand names.
    if (hashes.has(hashOf(bytes, nameAt, end))) {
      const nameEnd = indexWithin(bytes, TAB, nameAt, end);
      const name = nameEnd > nameAt ? bytes.toString('latin1', nameAt, nameEnd) : '';
      const entry = wanted.has(name) ? parseLine(bytes.toString('latin1', start, end)) : null;
      if (entry !== null) found[name] = entry;
    }
    start = end + 1;
  }
  return found;
}

/** Of the bytes up to a TAB. */
function hashOf(bytes: Buffer, start = 0, end = bytes.length): number {
  let hash = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === TAB) break;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return hash;
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
