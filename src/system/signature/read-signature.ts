import type { ModuleSignature, Seal } from '../../model/module.ts';
import { MIB, type OpenFile, ROOM } from '../open-file.ts';
import { crypto } from '../seldom.ts';
import { type Signing, signingOfMessage } from './signer.ts';

const MARKER = '~Module signature appended~\n';
/** struct module_signature (include/linux/module_signature.h). */
const STRUCT = 12;
const PKEY_ID_X509 = 1;
const PKEY_ID_PKCS7 = 2;
/** A PKCS#7 message of one signer has less than 2 KB. */
const MESSAGE_MAX = 64 * 1024;

/** The signature after an ELF file, and where the ELF file ends. */
export interface Signed {
  readonly signature: ModuleSignature | null;
  /** Size of the ELF file without the signature, bytes. */
  readonly size: number;
}

/** Parses as mod_verify_sig() and mod_check_sig() do (kernel/module/signing.c, kernel/module_signature.c). */
export function readSignature(file: OpenFile): Signed {
  const { size } = file.stat;
  const tailSize = MARKER.length + STRUCT;
  if (size < tailSize) return { signature: null, size };
  const tail = file.read(size - tailSize, tailSize);
  if (tail.length < tailSize || tail.toString('latin1', STRUCT) !== MARKER) return { signature: null, size };
  const length = tail.readUInt32BE(8);
  const signed = size - tailSize - length;
  // If the length is impossible, the ELF file ends at the marker.
  if (signed <= 0) return { signature: MALFORMED, size: size - MARKER.length };
  // Before the signature are the names of signer and key.
  if (tail[2] === PKEY_ID_X509) {
    const names = (tail[3] ?? 0) + (tail[4] ?? 0);
    return { signature: withoutSigner('x509'), size: Math.max(1, signed - names) };
  }
  // mod_check_sig() fails before the length is used.
  if (tail[2] !== PKEY_ID_PKCS7)
    return { signature: withoutSigner('unsupported'), size: size - MARKER.length };
  // Algorithm, hash, lengths of names and padding belong to an obsolete format and must be zero.
  const isPlain = [0, 1, 3, 4, 5, 6, 7].every((at) => tail[at] === 0);
  if (!isPlain) return { signature: MALFORMED, size: signed };
  const signing = signingOfMessage(file.read(signed, Math.min(length, MESSAGE_MAX)));
  const seal = signing === null || signing.signer === null ? null : sealOf(file, signed, signing);
  return { signature: { form: 'sound', signer: signing?.signer ?? null, seal }, size: signed };
}

function withoutSigner(form: ModuleSignature['form']): ModuleSignature {
  return { form, signer: null, seal: null };
}

const MALFORMED = withoutSigner('malformed');

/** The largest module of Linux has 15 MB, with debug information some 100. */
const SIGNED_MAX = 128 * MIB;

/** Hashes the contents in pieces, and only if there is a signature to verify. */
function sealOf(file: OpenFile, size: number, { made }: Signing): Seal | null {
  if (made === null || size > SIGNED_MAX) return null;
  const hash = crypto().createHash(made.hash);
  for (let at = 0; at < size; ) {
    const part = file.read(at, Math.min(MIB, size - at), ROOM);
    // The file has been truncated in the meantime.
    if (part.length === 0) return null;
    hash.update(part);
    at += part.length;
  }
  const digest = hash.digest('base64');
  return made.by === 'rsa'
    ? { by: 'rsa', hash: made.hash, digest, value: made.value.toString('base64') }
    : { by: 'ecdsa', digest, r: made.r, s: made.s };
}
