import type { PublicKey, RsaKey } from '../../model/abi.ts';
import type { HashName, RsaSeal, Seal } from '../../model/module.ts';
import { ecdsaFits, power } from './ecdsa.ts';

/** Is the signature valid for this digest and this public key? null: not known. */
export function fits(seal: Seal, key: PublicKey): boolean | null {
  if (seal.by === 'rsa') return 'modulus' in key ? rsaFits(seal, key) : null;
  if (!('curve' in key) || ![seal.r, seal.s, key.x, key.y].every(isNumber)) return null;
  const digest = Buffer.from(seal.digest, 'base64');
  return ecdsaFits(digest, BigInt(`0x${seal.r}`), BigInt(`0x${seal.s}`), key);
}

function isNumber(digits: string): boolean {
  return /^[0-9a-f]{1,140}$/.test(digits);
}

/**
 * RSASSA-PKCS1-v1_5 of RFC 8017, section 8.2.2: compares the decrypted signature with the expected one. null: nobody uses such
 * a key.
 */
function rsaFits({ hash, digest, value }: RsaSeal, { modulus, exponent }: RsaKey): boolean | null {
  const digits = modulus.replace(/^(00)+/, '');
  const isUsual = /^([0-9a-f]{2})+$/.test(digits) && digits.length <= DIGITS_MAX;
  if (!isUsual || !Number.isInteger(exponent) || exponent < 3 || exponent > EXPONENT_MAX) return null;
  const signature = Buffer.from(value, 'base64').toString('hex');
  if (signature.length !== digits.length) return false;
  const n = BigInt(`0x${digits}`);
  const s = BigInt(`0x${signature}`);
  const expected = encoded(HEADS[hash] + Buffer.from(digest, 'base64').toString('hex'), digits.length);
  return expected !== null && s < n && power(s, BigInt(exponent), n) === expected;
}

/** 16,384 bits. */
const DIGITS_MAX = 4096;
const EXPONENT_MAX = 0xffffffff;

/** A DigestInfo up to the digest itself (RFC 8017, section 9.2, note 1; NIST for SHA-3). */
const HEADS: Readonly<Record<HashName, string>> = {
  sha1: '3021300906052b0e03021a05000414',
  sha224: '302d300d06096086480165030402040500041c',
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
  'sha3-256': '3031300d060960864801650304020805000420',
  'sha3-384': '3041300d060960864801650304020905000430',
  'sha3-512': '3051300d060960864801650304020a05000440',
};

/** 0001ff…ff00 and the DigestInfo, as long as the key; null: it does not fit. Lengths in hexadecimal digits. */
function encoded(info: string, length: number): bigint | null {
  const filled = length - info.length - '000100'.length;
  return filled < 16 ? null : BigInt(`0x0001${'f'.repeat(filled)}00${info}`);
}
