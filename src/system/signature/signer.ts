import type { EcKey, KernelSigner, PublicKey } from '../../model/abi.ts';
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
 * The id by which the kernel finds the key of a signature: serial number and issuer of its certificate
 * (asymmetric_key_generate_id() in crypto/asymmetric_keys), in hex.
 */
function signerName(serial: DerValue, issuer: DerValue): string {
  return `${serial.content.toString('hex')}/${issuer.whole.toString('hex')}`;
}

/** The certificates (RFC 5280) in bytes that have one after the other. A signature has the same name of its signer. */
export function signersOfCertificates(bytes: Buffer): KernelSigner[] {
  return derChildren({ content: bytes }).flatMap((certificate) => {
    const [body] = derChildren(certificate);
    if (body === undefined) return [];
    const fields = derChildren(body);
    // The version comes before the serial number, except in version 1.
    const [serial, , issuer, , , key] = fields[0]?.tag === CONTEXT_0 ? fields.slice(1) : fields;
    if (serial?.tag !== INTEGER || issuer?.tag !== SEQUENCE) return [];
    return [{ name: signerName(serial, issuer), key: key === undefined ? null : publicKeyOf(key) }];
  });
}

/** The only signer of a PKCS#7 message. */
export interface Signing {
  /** The name of the certificate; null: the message names a key in another way (`sign-file -k`). */
  readonly signer: string | null;
  /** Hash and signature; null: another algorithm, or not a signature of the contents alone. */
  readonly made: Made | null;
}

/** `rsa`: PKCS #1 v1.5. */
export type Made = { readonly hash: HashName } & (
  | { readonly by: 'rsa'; readonly value: Buffer }
  | { readonly by: 'ecdsa'; readonly r: string; readonly s: string }
);

/** Parses the signature in a PKCS#7 message (RFC 2315); null: damaged, or not exactly one signer. */
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
  // Signed attributes would be in the place of the algorithm, and signed instead of the contents.
  const isPlain = value?.tag === OCTET_STRING && name !== undefined;
  return { signer, made: isPlain ? madeBy(algorithmOf(algorithm), name, value.content) : null };
}

function madeBy(algorithm: string, hash: HashName, value: Buffer): Made | null {
  if (algorithm === RSA) return { by: 'rsa', hash, value };
  if (!algorithm.startsWith(ECDSA)) return null;
  const pair = derValue(value);
  const [r, s] = pair?.tag === SEQUENCE ? derChildren(pair) : [];
  if (r?.tag !== INTEGER || s?.tag !== INTEGER || r.content.length === 0 || s.content.length === 0)
    return null;
  return { by: 'ecdsa', hash, r: r.content.toString('hex'), s: s.content.toString('hex') };
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
/** Prefix of ecdsa-with-SHA1, -SHA256 and so on (RFC 5758). */
const ECDSA = '2a8648ce3d04';

/** Object identifier of an AlgorithmIdentifier, in hex; '': there is none. */
function algorithmOf(value: DerValue | undefined): string {
  const [identifier] = value?.tag === SEQUENCE ? derChildren(value) : [];
  return identifier?.tag === OBJECT_IDENTIFIER ? identifier.content.toString('hex') : '';
}

/** 16,384 bits, four times what kernels use. */
const MODULUS_MAX = 2048;

/** id-ecPublicKey, and below the curves that kernels support (RFC 5480). */
const EC = '2a8648ce3d0201';
const CURVES: Readonly<Record<string, EcKey['curve']>> = {
  '2a8648ce3d030107': 'p256',
  '2b81040022': 'p384',
};
const UNCOMPRESSED = 4;

/** Parses the key in a SubjectPublicKeyInfo; null: another algorithm, or an implausible size. */
function publicKeyOf(info: DerValue): PublicKey | null {
  const [algorithm, bits] = derChildren(info);
  if (bits?.tag !== BIT_STRING) return null;
  // The first byte is the number of unused bits in the last one.
  const content = bits.content.subarray(1);
  const kind = algorithmOf(algorithm);
  if (kind === EC) return ecKeyOf(content, algorithm);
  return kind === RSA ? rsaKeyOf(content) : null;
}

function rsaKeyOf(content: Buffer): PublicKey | null {
  const pair = derValue(content);
  const [modulus, exponent] = pair === null ? [] : derChildren(pair);
  if (modulus?.tag !== INTEGER || exponent?.tag !== INTEGER) return null;
  const { length } = exponent.content;
  if (modulus.content.length > MODULUS_MAX || length === 0 || length > 4) return null;
  return { modulus: modulus.content.toString('hex'), exponent: exponent.content.readUIntBE(0, length) };
}

function ecKeyOf(point: Buffer, algorithm: DerValue | undefined): PublicKey | null {
  const [, named] = algorithm === undefined ? [] : derChildren(algorithm);
  const curve = named === undefined ? undefined : CURVES[named.content.toString('hex')];
  const half = (point.length - 1) / 2;
  if (curve === undefined || point[0] !== UNCOMPRESSED || !Number.isInteger(half)) return null;
  return {
    curve,
    x: point.toString('hex', 1, 1 + half),
    y: point.toString('hex', 1 + half),
  };
}
