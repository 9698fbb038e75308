import { bigIntToBytes, EMPTY_BYTES, hexToBytes } from '@flotilla/common';
import { isBelow } from './mcl/field.js';
import { p256Curve } from './mcl/p256-curve.js';
import { precompile } from './precompile.js';

const INPUT_BYTES = 160;
const R_AT = 32;
const S_AT = 64;
const KEY_AT = 96;

const ORDER = hexToBytes('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
/** The generator's x and y. */
const BASE = hexToBytes(
  '0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
);

function isScalar(input: Uint8Array, at: number): boolean {
  return isBelow(input, at, ORDER) && input.subarray(at, at + 32).some((byte) => byte !== 0);
}

function isValidSignature(input: Uint8Array): boolean {
  if (input.length !== INPUT_BYTES || !isScalar(input, R_AT) || !isScalar(input, S_AT)) {
    return false;
  }
  const curve = p256Curve();
  const { g1 } = curve;
  const key = g1.take();
  if (!g1.decode(input, KEY_AT, key) || g1.isInfinity(key)) return false;
  const base = g1.take();
  g1.decode(BASE, 0, base);

  const [r, inverse, u] = [curve.takeScalars(), curve.takeScalars(), curve.takeScalars()];
  curve.decodeScalar(input, R_AT, r);
  curve.decodeScalar(input, S_AT, inverse);
  curve.invertScalar(inverse, inverse);
  curve.decodeScalar(input, 0, u);
  curve.multiplyScalars(u, u, inverse);
  g1.multiply(base, base, u);
  curve.multiplyScalars(u, r, inverse);
  g1.multiply(key, key, u);
  g1.add(base, base, key);
  if (g1.isInfinity(base)) return false;
  curve.decodeScalar(g1.encode(base), 0, u);
  return curve.equalScalars(u, r);
}

/** EIP-7951: 1 in 32 bytes for a valid signature over the digest, nothing otherwise. */
function verify(input: Uint8Array): Uint8Array {
  return isValidSignature(input) ? bigIntToBytes(1n, 32) : EMPTY_BYTES;
}

/** 0x100. */
export const P256_VERIFY = precompile({ gas: () => 6_900, run: verify });
