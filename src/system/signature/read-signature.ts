import type { ModuleSignature } from '../../model/module.ts';
import type { OpenFile } from '../open-file.ts';
import { signerOfMessage } from './signer.ts';

const MARKER = '~Module signature appended~\n';
/** struct module_signature (include/linux/module_signature.h). */
const STRUCT = 12;
const PKEY_ID_X509 = 1;
const PKEY_ID_PKCS7 = 2;
/** A PKCS#7 message of one signer has less than 2 KB. */
const MESSAGE_MAX = 64 * 1024;

/** A signature behind the ELF file, and where the ELF file ends. */
export interface Signed {
  readonly signature: ModuleSignature | null;
  /** Size of the ELF file without it, bytes. */
  readonly size: number;
}

/** As mod_verify_sig() and mod_check_sig() take it apart (kernel/module/signing.c, kernel/module_signature.c). */
export function readSignature(file: OpenFile): Signed {
  const { size } = file.stat;
  const tailSize = MARKER.length + STRUCT;
  if (size < tailSize) return { signature: null, size };
  const tail = file.read(size - tailSize, tailSize);
  if (tail.length < tailSize || tail.toString('latin1', STRUCT) !== MARKER) return { signature: null, size };
  const length = tail.readUInt32BE(8);
  const signed = size - tailSize - length;
  // With a length that cannot be, the ELF file is taken to end at the marker.
  if (signed <= 0) return { signature: MALFORMED, size: size - MARKER.length };
  // Before the signature lie the names of its maker and of its key.
  if (tail[2] === PKEY_ID_X509) {
    const names = (tail[3] ?? 0) + (tail[4] ?? 0);
    return { signature: { form: 'x509', signer: null }, size: Math.max(1, signed - names) };
  }
  // mod_check_sig() fails before the length is used.
  if (tail[2] !== PKEY_ID_PKCS7)
    return { signature: { form: 'unsupported', signer: null }, size: size - MARKER.length };
  // Algorithm, hash, lengths of names and padding belong to a form of old and must be zero.
  const isPlain = [0, 1, 3, 4, 5, 6, 7].every((at) => tail[at] === 0);
  if (!isPlain) return { signature: MALFORMED, size: signed };
  const message = file.read(signed, Math.min(length, MESSAGE_MAX));
  return { signature: { form: 'sound', signer: signerOfMessage(message) }, size: signed };
}

const MALFORMED: ModuleSignature = { form: 'malformed', signer: null };
