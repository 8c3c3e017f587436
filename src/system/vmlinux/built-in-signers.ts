import type { KernelSigner } from '../../model/abi.ts';
import { type ByteSource, stretchOf } from '../bytes.ts';
import type { Elf } from '../elf/sections.ts';
import { MIB } from '../open-file.ts';
import { signersOfCertificates } from '../signature/signer.ts';

const CHUNK = 4 * MIB;
const CERTIFICATE_MAX = 16 * 1024;
const FOUND_MAX = 256;
/** The beginning of a certificate behind its two sequences: version 3, then an integer (RFC 5280, section 4.1). */
const MARK = Buffer.from('a003020102', 'hex');

/**
 * The certificates that were compiled into a kernel, one after the other (certs/system_certificates.S): that of its own
 * key, and those of CONFIG_SYSTEM_TRUSTED_KEYS.
 */
export function readBuiltInSigners(kernel: ByteSource, elf: Elf | null): KernelSigner[] {
  const found = new Map<string, KernelSigner>();
  for (const part of partsOf(kernel, elf)) {
    for (let start = 0; start < part.size && found.size < FOUND_MAX; start += CHUNK) {
      const chunk = part.read(start, CHUNK + CERTIFICATE_MAX);
      for (let at = chunk.indexOf(MARK); at !== -1 && at < CHUNK; at = chunk.indexOf(MARK, at + 1)) {
        if (at < 8 || chunk[at - 8] !== 0x30 || chunk[at - 7] !== 0x82 || chunk[at - 4] !== 0x30) continue;
        const length = chunk.readUInt16BE(at - 6) + 4;
        if (length > CERTIFICATE_MAX) continue;
        for (const signer of signersOfCertificates(chunk.subarray(at - 8, at - 8 + length)))
          found.set(JSON.stringify(signer), signer);
      }
    }
  }
  return [...found.values()];
}

/** The certificates are in the sections that the kernel frees after the boot. */
function partsOf(kernel: ByteSource, elf: Elf | null): ByteSource[] {
  if (elf === null) return [kernel];
  return elf.sections
    .filter(({ name }) => name === '.init.data' || name === '.init.rodata')
    .map(({ offset, size }) => stretchOf(kernel, offset, size));
}
