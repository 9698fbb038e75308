import { bigIntToBytes, bytesToBigInt, concatBytes } from '@flotilla/common';
import { bls12_381 } from '@noble/curves/bls12-381.js';

// EIP-2537 by another library, to compare with. A coordinate takes 64 bytes, of which the first 16 are zero.

const G1 = bls12_381.G1.Point;
const G2 = bls12_381.G2.Point;
const { Fp, Fp2, Fp12 } = bls12_381.fields;
const FP_BYTES = 64;
const G1_BYTES = 2 * FP_BYTES;
const G2_BYTES = 4 * FP_BYTES;
const SCALAR_BYTES = 32;
const PAIR_BYTES = G1_BYTES + G2_BYTES;

type G1Point = typeof G1.BASE;
type G2Point = typeof G2.BASE;

/** Thrown for malformed input, here and by the library; it never leaves `guarded`. */
class InvalidPoint extends TypeError {}

function guarded(run: (input: Uint8Array) => Uint8Array) {
  return (input: Uint8Array): Uint8Array | undefined => {
    try {
      return run(input);
    } catch {
      return undefined;
    }
  };
}

function expectLength(input: Uint8Array, length: number): void {
  if (input.length !== length) throw new InvalidPoint('wrong input length');
}

function expectMultiple(input: Uint8Array, length: number): void {
  if (input.length === 0 || input.length % length !== 0) {
    throw new InvalidPoint('wrong input length');
  }
}

function fp(input: Uint8Array, at: number): bigint {
  const value = bytesToBigInt(input.subarray(at, at + FP_BYTES));
  if (value >= Fp.ORDER) throw new InvalidPoint('coordinate is not in the field');
  return value;
}

function fp2(input: Uint8Array, at: number) {
  return Fp2.fromBigTuple([fp(input, at), fp(input, at + FP_BYTES)]);
}

function g1(input: Uint8Array, at: number): G1Point {
  const x = fp(input, at);
  const y = fp(input, at + FP_BYTES);
  if (x === 0n && y === 0n) return G1.ZERO;
  if (!Fp.eql(Fp.sqr(y), Fp.add(Fp.mul(Fp.sqr(x), x), 4n))) {
    throw new InvalidPoint('not on the curve');
  }
  return G1.fromAffine({ x, y });
}

function g2(input: Uint8Array, at: number): G2Point {
  const x = fp2(input, at);
  const y = fp2(input, at + 2 * FP_BYTES);
  if (Fp2.is0(x) && Fp2.is0(y)) return G2.ZERO;
  const b = Fp2.fromBigTuple([4n, 4n]);
  if (!Fp2.eql(Fp2.sqr(y), Fp2.add(Fp2.mul(Fp2.sqr(x), x), b))) {
    throw new InvalidPoint('not on the curve');
  }
  return G2.fromAffine({ x, y });
}

/** The additions take any point of the curve; multiplications and pairings only those of the subgroup. */
function inSubgroup<P extends G1Point | G2Point>(point: P): P {
  if (!point.is0() && !point.isTorsionFree()) throw new InvalidPoint('not in the subgroup');
  return point;
}

function encodeG1(point: G1Point): Uint8Array {
  if (point.is0()) return new Uint8Array(G1_BYTES);
  const { x, y } = point.toAffine();
  return concatBytes(bigIntToBytes(x, FP_BYTES), bigIntToBytes(y, FP_BYTES));
}

function encodeG2(point: G2Point): Uint8Array {
  if (point.is0()) return new Uint8Array(G2_BYTES);
  const { x, y } = point.toAffine();
  return concatBytes(...[x.c0, x.c1, y.c0, y.c1].map((part) => bigIntToBytes(part, FP_BYTES)));
}

function scalar(input: Uint8Array, at: number): bigint {
  return bytesToBigInt(input.subarray(at, at + SCALAR_BYTES)) % G1.Fn.ORDER;
}

function addG1(input: Uint8Array): Uint8Array {
  expectLength(input, 2 * G1_BYTES);
  return encodeG1(g1(input, 0).add(g1(input, G1_BYTES)));
}

function addG2(input: Uint8Array): Uint8Array {
  expectLength(input, 2 * G2_BYTES);
  return encodeG2(g2(input, 0).add(g2(input, G2_BYTES)));
}

function msmG1(input: Uint8Array): Uint8Array {
  const size = G1_BYTES + SCALAR_BYTES;
  expectMultiple(input, size);
  let sum = G1.ZERO;
  for (let at = 0; at < input.length; at += size) {
    const point = inSubgroup(g1(input, at));
    sum = sum.add(point.multiplyUnsafe(scalar(input, at + G1_BYTES)));
  }
  return encodeG1(sum);
}

function msmG2(input: Uint8Array): Uint8Array {
  const size = G2_BYTES + SCALAR_BYTES;
  expectMultiple(input, size);
  let sum = G2.ZERO;
  for (let at = 0; at < input.length; at += size) {
    const point = inSubgroup(g2(input, at));
    sum = sum.add(point.multiplyUnsafe(scalar(input, at + G2_BYTES)));
  }
  return encodeG2(sum);
}

function pairing(input: Uint8Array): Uint8Array {
  expectMultiple(input, PAIR_BYTES);
  const pairs: { g1: G1Point; g2: G2Point }[] = [];
  for (let at = 0; at < input.length; at += PAIR_BYTES) {
    const pair = { g1: inSubgroup(g1(input, at)), g2: inSubgroup(g2(input, at + G1_BYTES)) };
    if (!pair.g1.is0() && !pair.g2.is0()) pairs.push(pair);
  }
  return bigIntToBytes(Fp12.eql(bls12_381.pairingBatch(pairs), Fp12.ONE) ? 1n : 0n, 32);
}

// The library's types know neither the single scalar nor that a whole point comes back.
const mapFpToG1 = bls12_381.G1.mapToCurve as unknown as (element: bigint) => G1Point;
const mapFp2ToG2 = bls12_381.G2.mapToCurve as unknown as (element: bigint[]) => G2Point;

function mapToG1(input: Uint8Array): Uint8Array {
  expectLength(input, FP_BYTES);
  return encodeG1(mapFpToG1(fp(input, 0)));
}

function mapToG2(input: Uint8Array): Uint8Array {
  expectLength(input, 2 * FP_BYTES);
  return encodeG2(mapFp2ToG2([fp(input, 0), fp(input, FP_BYTES)]));
}

export const NOBLE_BLS12_381 = {
  addG1: guarded(addG1),
  addG2: guarded(addG2),
  msmG1: guarded(msmG1),
  msmG2: guarded(msmG2),
  pairing: guarded(pairing),
  mapToG1: guarded(mapToG1),
  mapToG2: guarded(mapToG2),
};
