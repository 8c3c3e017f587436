import type { KernelSigner, RsaKey } from '../../model/abi.ts';
import type { HashName } from '../../model/module.ts';
import {
  BIT_STRING,
  CONTEXT_0,
  type DerValue,
  derChildren,
  derValue,
  INTEGER,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  SEQUENCE,
  SET,
} from './der.ts';

/**
 * By what the kernel finds the key of a signature: the serial number and the issuer of its certificate
 * (asymmetric_key_generate_id() in crypto/asymmetric_keys), here as hexadecimal digits.
 */
function signerName(serial: DerValue, issuer: DerValue): string {
  return `${serial.content.toString('hex')}/${issuer.whole.toString('hex')}`;
}

/** Every certificate (RFC 5280) in bytes that hold one after another, named as a signature names it. */
export function signersOfCertificates(bytes: Buffer): KernelSigner[] {
  return derChildren({ content: bytes }).flatMap((certificate) => {
    const [body] = derChildren(certificate);
    if (body === undefined) return [];
    const fields = derChildren(body);
    // The version stands before the serial number, in all but the oldest.
    const [serial, , issuer, , , key] = fields[0]?.tag === CONTEXT_0 ? fields.slice(1) : fields;
    if (serial?.tag !== INTEGER || issuer?.tag !== SEQUENCE) return [];
    return [{ name: signerName(serial, issuer), key: key === undefined ? null : rsaKeyOf(key) }];
  });
}

/** What a PKCS#7 message tells of the only one who signed it. */
export interface Signing {
  /** Whose certificate it names; null: none, but a key in another way (`sign-file -k`). */
  readonly signer: string | null;
  /** The hash and the RSA signature (PKCS #1 v1.5); null: it was made in another way, or not of the contents alone. */
  readonly made: { readonly hash: HashName; readonly value: Buffer } | null;
}

/** The signature in a PKCS#7 message (RFC 2315); null where it is none of one signer. */
export function signingOfMessage(message: Buffer): Signing | null {
  const outer = derValue(message);
  if (outer?.tag !== SEQUENCE) return null;
  const wrapped = derChildren(outer).find(({ tag }) => tag === CONTEXT_0);
  const [signed] = wrapped === undefined ? [] : derChildren(wrapped);
  if (signed?.tag !== SEQUENCE) return null;
  const infos = derChildren(signed).at(-1);
  if (infos?.tag !== SET) return null;
  const [info, ...others] = derChildren(infos);
  if (info === undefined || others.length > 0) return null;
  const [, identifier, hash, algorithm, value] = derChildren(info);
  const [issuer, serial] = identifier?.tag === SEQUENCE ? derChildren(identifier) : [];
  const signer = issuer?.tag === SEQUENCE && serial?.tag === INTEGER ? signerName(serial, issuer) : null;
  const name = HASHES[algorithmOf(hash)];
  // Signed attributes would stand where the algorithm does, and be signed in place of the contents.
  const isPlain = algorithmOf(algorithm) === RSA && value?.tag === OCTET_STRING;
  return { signer, made: isPlain && name !== undefined ? { hash: name, value: value.content } : null };
}

/** Object identifiers of hashes (RFC 5754, and NIST's list of algorithms). */
const HASHES: Readonly<Record<string, HashName>> = {
  '2b0e03021a': 'sha1',
  '608648016503040204': 'sha224',
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
  '608648016503040208': 'sha3-256',
  '608648016503040209': 'sha3-384',
  '60864801650304020a': 'sha3-512',
};

/** rsaEncryption (RFC 8017). */
const RSA = '2a864886f70d010101';

/** Object identifier of an AlgorithmIdentifier, in hexadecimal digits; '' where it is none. */
function algorithmOf(value: DerValue | undefined): string {
  const [identifier] = value?.tag === SEQUENCE ? derChildren(value) : [];
  return identifier?.tag === OBJECT_IDENTIFIER ? identifier.content.toString('hex') : '';
}

/** 16,384 bits, four times what kernels use. */
const MODULUS_MAX = 2048;

/** The key in a SubjectPublicKeyInfo; null: it is none of RSA, or none that anybody uses. */
function rsaKeyOf(info: DerValue): RsaKey | null {
  const [algorithm, bits] = derChildren(info);
  if (algorithmOf(algorithm) !== RSA || bits?.tag !== BIT_STRING) return null;
  // The first byte tells how many bits of the last one do not count.
  const pair = derValue(bits.content.subarray(1));
  const [modulus, exponent] = pair === null ? [] : derChildren(pair);
  if (modulus?.tag !== INTEGER || exponent?.tag !== INTEGER) return null;
  const { length } = exponent.content;
  if (modulus.content.length > MODULUS_MAX || length === 0 || length > 4) return null;
  return { modulus: modulus.content.toString('hex'), exponent: exponent.content.readUIntBE(0, length) };
}
