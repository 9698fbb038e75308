import { bigIntToBytes, bytesToBigInt, EMPTY_BYTES } from '@flotilla/common';
import { p256 } from '@noble/curves/nist.js';

const INPUT_BYTES = 160;
const { Point } = p256;
const { Fp, Fn } = Point;

/** EIP-7951 by another library, to compare with: 1 in 32 bytes for a valid signature over the digest, nothing otherwise. */
export function nobleP256Verify(input: Uint8Array): Uint8Array {
  if (input.length !== INPUT_BYTES) return EMPTY_BYTES;
  const [digest, r, s, x, y] = [0, 1, 2, 3, 4].map((i) =>
    bytesToBigInt(input.subarray(32 * i, 32 * i + 32)),
  );
  if (r === 0n || r >= Fn.ORDER || s === 0n || s >= Fn.ORDER) return EMPTY_BYTES;
  if (x >= Fp.ORDER || y >= Fp.ORDER || (x === 0n && y === 0n)) return EMPTY_BYTES;
  try {
    const key = Point.fromAffine({ x, y });
    key.assertValidity();
    const inverse = Fn.inv(s);
    const u1 = Fn.mul(Fn.create(digest), inverse);
    const u2 = Fn.mul(r, inverse);
    const sum = Point.BASE.multiplyUnsafe(u1).add(key.multiplyUnsafe(u2));
    if (sum.is0() || Fn.create(sum.toAffine().x) !== r) return EMPTY_BYTES;
  } catch {
    return EMPTY_BYTES;
  }
  return bigIntToBytes(1n, 32);
}
