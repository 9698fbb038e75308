import { bigIntToBytes, bytesToBigInt, concatBytes } from '@flotilla/common';
import type { SeededRandom } from '@flotilla/testing';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { bn254 } from '@noble/curves/bn254.js';

/** Points as precompiles write them. */
export interface PointPool {
  /** Points of the subgroup with their negatives, and infinity. */
  readonly valid: readonly Uint8Array[];
  /** On the curve, outside of the subgroup. */
  readonly outside: readonly Uint8Array[];
  /** Not on the curve, or coordinates that are no elements of the field. */
  readonly invalid: readonly Uint8Array[];
}

interface Fp2Value {
  readonly c0: bigint;
  readonly c1: bigint;
}

const MULTIPLES = [1n, 2n, 3n, 0xdead_beefn, (1n << 200n) + 12_345n];

/** Mostly points that make sense, with each kind of those that make none in between. */
export function pickPoint(
  random: SeededRandom,
  { valid, outside, invalid }: PointPool,
): Uint8Array {
  if (random.oneIn(30)) return random.pick(invalid);
  if (outside.length > 0 && random.oneIn(30)) return random.pick(outside);
  return random.pick(valid);
}

/** The edges of the order and of 256 bits, and what lies between. */
export function pickScalar(random: SeededRandom, order: bigint): Uint8Array {
  const edges = [0n, 1n, 2n, order - 1n, order, order + 1n, 2n * order, (1n << 256n) - 1n];
  return random.oneIn(3) ? bigIntToBytes(random.pick(edges), 32) : random.bytes(32);
}

/** Once in a while another length or another bit. */
export function damaged(random: SeededRandom, input: Uint8Array): Uint8Array {
  if (random.oneIn(20)) return input.slice(0, random.below(input.length + 1));
  if (random.oneIn(20)) return concatBytes(input, random.bytes(1 + random.below(200)));
  if (input.length > 0 && random.oneIn(10)) {
    const copy = input.slice();
    copy[random.below(copy.length)] ^= 1 << random.below(8);
    return copy;
  }
  return input;
}

function invalidFrom(valid: Uint8Array, width: number, modulus: bigint): Uint8Array[] {
  const parts = Array.from({ length: valid.length / width }, (_, i) =>
    bytesToBigInt(valid.subarray(i * width, (i + 1) * width)),
  );
  const changed = (index: number, change: (value: bigint) => bigint) =>
    concatBytes(...parts.map((part, i) => bigIntToBytes(i === index ? change(part) : part, width)));
  return [
    ...parts.map((_, index) => changed(index, (value) => value + modulus)),
    ...parts.map((_, index) => changed(index, (value) => (value + 1n) % modulus)),
    changed(0, () => modulus),
    changed(0, () => (1n << BigInt(8 * width)) - 1n),
    concatBytes(...parts.map(() => bigIntToBytes(modulus, width))),
    concatBytes(...parts.map((_, index) => bigIntToBytes(index === 0 ? 1n : 0n, width))),
  ];
}

function pool(
  valid: Uint8Array[],
  outside: Uint8Array[],
  width: number,
  modulus: bigint,
): PointPool {
  const invalid = valid.slice(0, 2).flatMap((point) => invalidFrom(point, width, modulus));
  return { valid: [...valid, new Uint8Array(valid[0].length)], outside, invalid };
}

/** Points with x = 1, 2, … of which some are in the curve's cofactor part as well; `ys` has no root for others. */
function findOutside<Value>(
  xs: readonly Value[],
  y: (x: Value) => Value,
  encode: (x: Value, y: Value) => Uint8Array,
): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const x of xs) {
    try {
      found.push(encode(x, y(x)));
    } catch {
      // Not a square: no point has this x.
    }
  }
  return found;
}

const SMALL = Array.from({ length: 12 }, (_, i) => BigInt(i + 1));

function bn254Pools() {
  const { Fp, Fp2 } = bn254.fields;
  const write = (...parts: bigint[]) =>
    concatBytes(...parts.map((part) => bigIntToBytes(part, 32)));
  const write2 = (x: Fp2Value, y: Fp2Value) => write(x.c1, x.c0, y.c1, y.c0);
  const both = MULTIPLES.flatMap((k) => [k, bn254.fields.Fr.ORDER - k]);
  const g1 = both.map((k) => bn254.G1.Point.BASE.multiply(k).toAffine());
  const g2 = both.map((k) => bn254.G2.Point.BASE.multiply(k).toAffine());
  const { x, y } = bn254.G2.Point.BASE.toAffine();
  const b = Fp2.sub(Fp2.sqr(y), Fp2.mul(Fp2.sqr(x), x));
  const outside = findOutside(
    SMALL.map((small) => Fp2.fromBigTuple([small, 1n])),
    (at) => Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(at), at), b)),
    write2,
  );
  return {
    order: bn254.fields.Fr.ORDER,
    g1: pool(
      g1.map((point) => write(point.x, point.y)),
      [],
      32,
      Fp.ORDER,
    ),
    g2: pool(
      g2.map((point) => write2(point.x, point.y)),
      outside,
      32,
      Fp.ORDER,
    ),
  };
}

function bls12381Pools() {
  const { Fp, Fp2 } = bls12_381.fields;
  const write = (...parts: bigint[]) =>
    concatBytes(...parts.map((part) => bigIntToBytes(part, 64)));
  const write2 = (x: Fp2Value, y: Fp2Value) => write(x.c0, x.c1, y.c0, y.c1);
  const both = MULTIPLES.flatMap((k) => [k, bls12_381.fields.Fr.ORDER - k]);
  const g1 = both.map((k) => bls12_381.G1.Point.BASE.multiply(k).toAffine());
  const g2 = both.map((k) => bls12_381.G2.Point.BASE.multiply(k).toAffine());
  const outside1 = findOutside(
    SMALL,
    (x) => Fp.sqrt(Fp.add(Fp.mul(Fp.sqr(x), x), 4n)),
    (x, y) => write(x, y),
  );
  const b = Fp2.fromBigTuple([4n, 4n]);
  const outside2 = findOutside(
    SMALL.map((small) => Fp2.fromBigTuple([small, 1n])),
    (x) => Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), b)),
    write2,
  );
  return {
    order: bls12_381.fields.Fr.ORDER,
    g1: pool(
      g1.map((point) => write(point.x, point.y)),
      outside1,
      64,
      Fp.ORDER,
    ),
    g2: pool(
      g2.map((point) => write2(point.x, point.y)),
      outside2,
      64,
      Fp.ORDER,
    ),
  };
}

export const BN254_POINTS = bn254Pools();
export const BLS12_381_POINTS = bls12381Pools();
