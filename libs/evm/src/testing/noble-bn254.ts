import { bigIntToBytes, bytesToBigInt, concatBytes } from '@flotilla/common';
import { bn254 } from '@noble/curves/bn254.js';
import { sliceBytes } from '../precompiles/precompile.js';

// EIP-196 and EIP-197 by another library, to compare with.

const G1 = bn254.G1.Point;
const G2 = bn254.G2.Point;
const { Fp, Fp2, Fp12 } = bn254.fields;
const G1_BYTES = 64;
const PAIR_BYTES = 192;

type G1Point = typeof G1.BASE;
type G2Point = typeof G2.BASE;

function coordinate(input: Uint8Array, at: number): bigint | undefined {
  const value = bytesToBigInt(sliceBytes(input, at, 32));
  return value < Fp.ORDER ? value : undefined;
}

/** Undefined unless the 64 bytes are a point on the curve; (0, 0) is infinity. */
function decodeG1(input: Uint8Array, at: number): G1Point | undefined {
  const x = coordinate(input, at);
  const y = coordinate(input, at + 32);
  if (x === undefined || y === undefined) return undefined;
  if (x === 0n && y === 0n) return G1.ZERO;
  if (Fp.sqr(y) !== Fp.add(Fp.mul(Fp.sqr(x), x), 3n)) return undefined;
  return G1.fromAffine({ x, y });
}

function encodeG1(point: G1Point): Uint8Array {
  if (point.is0()) return new Uint8Array(G1_BYTES);
  const { x, y } = point.toAffine();
  return concatBytes(bigIntToBytes(x, 32), bigIntToBytes(y, 32));
}

/** Undefined unless the 128 bytes are a point of the right subgroup; imaginary parts come first. */
function decodeG2(input: Uint8Array, at: number): G2Point | undefined {
  const xImaginary = coordinate(input, at);
  const xReal = coordinate(input, at + 32);
  const yImaginary = coordinate(input, at + 64);
  const yReal = coordinate(input, at + 96);
  if (
    xImaginary === undefined ||
    xReal === undefined ||
    yImaginary === undefined ||
    yReal === undefined
  ) {
    return undefined;
  }
  const x = Fp2.fromBigTuple([xReal, xImaginary]);
  const y = Fp2.fromBigTuple([yReal, yImaginary]);
  if (Fp2.is0(x) && Fp2.is0(y)) return G2.ZERO;
  try {
    const point = G2.fromAffine({ x, y });
    point.assertValidity();
    return point;
  } catch {
    return undefined;
  }
}

function add(input: Uint8Array): Uint8Array | undefined {
  const a = decodeG1(input, 0);
  const b = decodeG1(input, G1_BYTES);
  return a === undefined || b === undefined ? undefined : encodeG1(a.add(b));
}

function multiply(input: Uint8Array): Uint8Array | undefined {
  const point = decodeG1(input, 0);
  if (point === undefined) return undefined;
  const scalar = bytesToBigInt(sliceBytes(input, G1_BYTES, 32)) % G1.Fn.ORDER;
  return encodeG1(scalar === 0n ? G1.ZERO : point.multiplyUnsafe(scalar));
}

function pairing(input: Uint8Array): Uint8Array | undefined {
  if (input.length % PAIR_BYTES !== 0) return undefined;
  const pairs: { g1: G1Point; g2: G2Point }[] = [];
  for (let at = 0; at < input.length; at += PAIR_BYTES) {
    const g1 = decodeG1(input, at);
    const g2 = decodeG2(input, at + G1_BYTES);
    if (g1 === undefined || g2 === undefined) return undefined;
    if (!g1.is0() && !g2.is0()) pairs.push({ g1, g2 });
  }
  return bigIntToBytes(Fp12.eql(bn254.pairingBatch(pairs), Fp12.ONE) ? 1n : 0n, 32);
}

export const NOBLE_BN254 = { add, multiply, pairing };
