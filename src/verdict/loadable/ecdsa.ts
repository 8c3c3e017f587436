import type { EcKey } from '../../model/abi.ts';

/** A curve y² = x³ − 3x + b over the integers modulo p, with a point of order n on it (SEC 2, FIPS 186). */
interface Curve {
  readonly p: bigint;
  readonly b: bigint;
  readonly n: bigint;
  readonly x: bigint;
  readonly y: bigint;
}

/** In Jacobian coordinates: x/z², y/z³. z is 0 at infinity. */
type Point = readonly [x: bigint, y: bigint, z: bigint];

const CURVES: Readonly<Record<EcKey['curve'], Curve>> = {
  p256: {
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
    y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
  },
  p384: {
    p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    x: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
    y: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
  },
};

/**
 * Is the signature (r, s) valid for this digest and this public key? FIPS 186-5, section 6.4.2. null: the key is not a point of
 * its curve, so it was misread.
 */
export function ecdsaFits(digest: Buffer, r: bigint, s: bigint, key: EcKey): boolean | null {
  const curve = CURVES[key.curve];
  const { p, b, n } = curve;
  const [x, y] = [BigInt(`0x${key.x}`), BigInt(`0x${key.y}`)];
  if (x >= p || y >= p || mod(y * y - (x * x * x - 3n * x + b), p) !== 0n) return null;
  if (r < 1n || r >= n || s < 1n || s >= n) return false;
  const inverse = power(s, n - 2n, n);
  const sum = sumOfProducts(mod(leftmost(digest, n) * inverse, n), [x, y, 1n], mod(r * inverse, n), curve);
  const [left, , z] = sum;
  if (z === 0n) return false;
  return mod(mod(left * power(z * z, p - 2n, p), p), n) === r;
}

/** As many bits of the digest as the order has. */
function leftmost(digest: Buffer, n: bigint): bigint {
  const surplus = digest.length * 8 - n.toString(2).length;
  const value = BigInt(`0x${digest.toString('hex')}`);
  return surplus > 0 ? value >> BigInt(surplus) : value;
}

/** u times the base point of the curve plus v times another point, bit by bit for both. */
function sumOfProducts(u: bigint, other: Point, v: bigint, { p, x, y }: Curve): Point {
  const own: Point = [x, y, 1n];
  const both = add(own, other, p);
  let sum: Point = [1n, 1n, 0n];
  const [ones, twos] = [u.toString(2), v.toString(2)];
  const length = Math.max(ones.length, twos.length);
  const [left, right] = [ones.padStart(length, '0'), twos.padStart(length, '0')];
  for (let at = 0; at < length; at++) {
    sum = double(sum, p);
    const addend = left[at] === '1' ? (right[at] === '1' ? both : own) : right[at] === '1' ? other : null;
    if (addend !== null) sum = add(sum, addend, p);
  }
  return sum;
}

function double([x, y, z]: Point, p: bigint): Point {
  const delta = (z * z) % p;
  const gamma = (y * y) % p;
  const beta = (x * gamma) % p;
  const alpha = (3n * (x - delta) * (x + delta)) % p;
  const x3 = mod(alpha * alpha - 8n * beta, p);
  const z3 = mod((y + z) * (y + z) - gamma - delta, p);
  return [x3, mod(alpha * (4n * beta - x3) - 8n * gamma * gamma, p), z3];
}

function add(one: Point, other: Point, p: bigint): Point {
  if (one[2] === 0n) return other;
  if (other[2] === 0n) return one;
  const [x1, y1, z1] = one;
  const [x2, y2, z2] = other;
  const [z1z1, z2z2] = [(z1 * z1) % p, (z2 * z2) % p];
  const [u1, u2] = [(x1 * z2z2) % p, (x2 * z1z1) % p];
  const [s1, s2] = [(((y1 * z2) % p) * z2z2) % p, (((y2 * z1) % p) * z1z1) % p];
  const [h, r] = [mod(u2 - u1, p), mod(s2 - s1, p)];
  if (h === 0n) return r === 0n ? double(one, p) : [1n, 1n, 0n];
  const h2 = (h * h) % p;
  const h3 = (h * h2) % p;
  const u1h2 = (u1 * h2) % p;
  const x3 = mod(r * r - h3 - 2n * u1h2, p);
  return [x3, mod(r * (u1h2 - x3) - s1 * h3, p), (((h * z1) % p) * z2) % p];
}

/** base to the power of exponent, modulo m. */
export function power(base: bigint, exponent: bigint, m: bigint): bigint {
  let result = 1n;
  let square = mod(base, m);
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % m;
    square = (square * square) % m;
  }
  return result;
}

function mod(value: bigint, m: bigint): bigint {
  const rest = value % m;
  return rest < 0n ? rest + m : rest;
}
