import { CONTEXT_0, type DerValue, derChildren, derValue, INTEGER, SEQUENCE, SET } from './der.ts';

/**
 * By what the kernel finds the key of a signature: the serial number and the issuer of its certificate
 * (asymmetric_key_generate_id() in crypto/asymmetric_keys), here as hexadecimal digits.
 */
function signerName(serial: DerValue, issuer: DerValue): string {
  return `${serial.content.toString('hex')}/${issuer.whole.toString('hex')}`;
}

/** Every certificate (RFC 5280) in bytes that hold one after another, named as a signature names it. */
export function signersOfCertificates(bytes: Buffer): string[] {
  return derChildren({ content: bytes }).flatMap((certificate) => {
    const [body] = derChildren(certificate);
    if (body === undefined) return [];
    const fields = derChildren(body);
    // The version stands before the serial number, in all but the oldest.
    const [serial, , issuer] = fields[0]?.tag === CONTEXT_0 ? fields.slice(1) : fields;
    const named = serial?.tag === INTEGER && issuer?.tag === SEQUENCE;
    return named ? [signerName(serial, issuer)] : [];
  });
}

/**
 * Whose certificate a PKCS#7 signature (RFC 2315) names; null where it is none of one signer, or names a key in
 * another way (`sign-file -k`).
 */
export function signerOfMessage(message: Buffer): string | null {
  const outer = derValue(message);
  if (outer?.tag !== SEQUENCE) return null;
  const wrapped = derChildren(outer).find(({ tag }) => tag === CONTEXT_0);
  const [signed] = wrapped === undefined ? [] : derChildren(wrapped);
  if (signed?.tag !== SEQUENCE) return null;
  const infos = derChildren(signed).at(-1);
  if (infos?.tag !== SET) return null;
  const [info, ...others] = derChildren(infos);
  if (info === undefined || others.length > 0) return null;
  const [, identifier] = derChildren(info);
  if (identifier?.tag !== SEQUENCE) return null;
  const [issuer, serial] = derChildren(identifier);
  return issuer?.tag === SEQUENCE && serial?.tag === INTEGER ? signerName(serial, issuer) : null;
}
