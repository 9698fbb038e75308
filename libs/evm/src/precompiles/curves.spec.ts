import {
  type Address,
  bigIntToBytes,
  bigIntToHex,
  bytesToHex,
  concatBytes,
} from '@flotilla/common';
import { SeededRandom, testSeed } from '@flotilla/testing';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { p256 } from '@noble/curves/nist.js';
import type { Frame } from '../frame.js';
import {
  BLS12_381_POINTS,
  BN254_POINTS,
  damaged,
  pickPoint,
  pickScalar,
} from '../testing/curve-points.js';
import { NOBLE_BLS12_381 } from '../testing/noble-bls12-381.js';
import { NOBLE_BN254 } from '../testing/noble-bn254.js';
import { noblePointEvaluation } from '../testing/noble-kzg.js';
import { nobleP256Verify } from '../testing/noble-p256.js';
import { sha256 } from './hashes.js';
import { precompiles } from './precompiles.js';

const seed = testSeed();
const random = new SeededRandom(seed);
const table = precompiles('osaka');

type Reference = (input: Uint8Array) => Uint8Array | undefined;

/** The output; undefined for a failed call. */
function run(address: number, input: Uint8Array): Uint8Array | undefined {
  let output: Uint8Array | undefined;
  const frame: Partial<Frame> = {
    input,
    gas: Number.MAX_SAFE_INTEGER,
    halt: () => undefined,
    succeed: (bytes) => {
      output = bytes;
    },
  };
  const to: Address = bigIntToHex(BigInt(address), 20);
  table.get(to)!(frame as Frame, () => undefined);
  return output;
}

const hex = (bytes: Uint8Array | undefined) => (bytes === undefined ? 'failed' : bytesToHex(bytes));

/** Compares on so many inputs, and on nothing at all; expects some to succeed. */
function compare(address: number, reference: Reference, make: () => Uint8Array, times: number) {
  let succeeded = 0;
  for (let i = 0; i <= times; i++) {
    const input = i === 0 ? new Uint8Array(0) : damaged(random, make());
    const expected = reference(input);
    if (expected !== undefined && expected.length > 0) succeeded++;
    const where = `seed ${seed}, input ${bytesToHex(input)}`;
    expect(`${where}: ${hex(run(address, input))}`).toBe(`${where}: ${hex(expected)}`);
  }
  expect(succeeded).toBeGreaterThan(0);
}

const repeated = (most: number, make: () => Uint8Array) =>
  concatBytes(...Array.from({ length: 1 + random.below(most) }, make));

type Points = typeof BN254_POINTS | typeof BLS12_381_POINTS;
const g1 = (points: Points) => pickPoint(random, points.g1);
const g2 = (points: Points) => pickPoint(random, points.g2);
const term = (point: Uint8Array, { order }: Points) =>
  concatBytes(point, pickScalar(random, order));

/** So many pairs twice over, whose product is one: the pool has each point's negative next to it. */
function balanced({ g1, g2 }: Points, count: number): Uint8Array {
  const twice = () => {
    const [index, second] = [2 * random.below(5), random.pick(g2.valid)];
    return concatBytes(g1.valid[index], second, g1.valid[index + 1], second);
  };
  return concatBytes(...Array.from({ length: count }, twice));
}

function pairs(points: Points): Uint8Array {
  if (random.oneIn(2)) return balanced(points, 1 + random.below(2));
  return repeated(4, () => concatBytes(g1(points), g2(points)));
}

describe(`against another library, seed ${seed}`, () => {
  it('adds and multiplies on bn254', () => {
    const bn = BN254_POINTS;
    compare(0x06, NOBLE_BN254.add, () => concatBytes(g1(bn), g1(bn)), 300);
    compare(0x07, NOBLE_BN254.multiply, () => term(g1(bn), bn), 150);
  });

  it('checks pairings on bn254', () => {
    compare(0x08, NOBLE_BN254.pairing, () => pairs(BN254_POINTS), 25);
  }, 60_000);

  it('adds and multiplies on BLS12-381', () => {
    const bls = BLS12_381_POINTS;
    compare(0x0b, NOBLE_BLS12_381.addG1, () => concatBytes(g1(bls), g1(bls)), 300);
    compare(0x0d, NOBLE_BLS12_381.addG2, () => concatBytes(g2(bls), g2(bls)), 300);
    compare(0x0c, NOBLE_BLS12_381.msmG1, () => repeated(6, () => term(g1(bls), bls)), 40);
    compare(0x0e, NOBLE_BLS12_381.msmG2, () => repeated(4, () => term(g2(bls), bls)), 25);
  }, 60_000);

  it('adds up more products than the library gets at once', () => {
    const { g1: points1, g2: points2, order } = BLS12_381_POINTS;
    const terms = (points: readonly Uint8Array[], count: number) =>
      concatBytes(
        ...Array.from({ length: count }, () =>
          concatBytes(random.pick(points), bigIntToBytes(random.oneIn(9) ? order : 3n, 32)),
        ),
      );
    const { msmG1, msmG2 } = NOBLE_BLS12_381;
    for (const count of [127, 128, 129, 150, 260]) {
      const input1 = terms(points1.valid, count);
      expect(hex(run(0x0c, input1))).toBe(hex(msmG1(input1)));
    }
    const input2 = terms(points2.valid, 150);
    expect(hex(run(0x0e, input2))).toBe(hex(msmG2(input2)));
  }, 60_000);

  it('checks pairings on BLS12-381', () => {
    compare(0x0f, NOBLE_BLS12_381.pairing, () => pairs(BLS12_381_POINTS), 25);
  }, 60_000);

  it.each([
    ['bn254', 0x08, BN254_POINTS],
    ['BLS12-381', 0x0f, BLS12_381_POINTS],
  ] as const)('checks more pairings on %s than the library gets at once', (_, address, points) => {
    for (const count of [7, 8, 9, 16, 20]) {
      const input = balanced(points, count);
      expect(run(address, input)?.at(-1)).toBe(1);
      const another = concatBytes(points.g1.valid[0], points.g2.valid[0]);
      expect(run(address, concatBytes(input, another))?.at(-1)).toBe(0);
      expect(run(address, concatBytes(another, input))?.at(-1)).toBe(0);
    }
  });

  it('maps to BLS12-381', () => {
    const { ORDER } = bls12_381.fields.Fp;
    const edges = [0n, 1n, ORDER - 1n, ORDER, ORDER + 1n, 1n << 384n];
    const element = () =>
      random.oneIn(4)
        ? bigIntToBytes(random.pick(edges), 64)
        : concatBytes(new Uint8Array(17), random.bytes(47));
    compare(0x10, NOBLE_BLS12_381.mapToG1, element, 60);
    compare(0x11, NOBLE_BLS12_381.mapToG2, () => concatBytes(element(), element()), 40);
  }, 60_000);

  it('evaluates a polynomial that a KZG commitment is of', () => {
    compare(0x0a, noblePointEvaluation, evaluation, 60);
  }, 60_000);

  it('verifies P-256', () => {
    compare(0x100, nobleP256Verify, signature, 200);
  }, 60_000);
});

const BlsG1 = bls12_381.G1.Point;
const { Fr } = bls12_381.fields;
const point = (hexDigits: string) => BlsG1.fromHex(hexDigits);

// A proof for a polynomial of Ethereum's setup, from go-ethereum's tests: its multiples and shifts are proofs, too.
const COMMITMENT = point(
  '8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca25f26936857bc3a7c2539ea8ec3a952b7',
);
const PROOF = point(
  '873033e038326e87ed3e1276fd140253fa08e9fc25fb2d9a98527fc22a2c9612fbeafdad446cbc7bcdbdcd780af2c16a',
);
const Z = 0x564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306n;
const Y = 0x24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a1n;

function evaluation(): Uint8Array {
  const factor = BigInt(random.below(2 ** 32));
  const shift = random.oneIn(4) ? 0n : BigInt(random.below(2 ** 32));
  const commitment = COMMITMENT.multiplyUnsafe(factor).add(BlsG1.BASE.multiplyUnsafe(shift));
  const y = Fr.create(factor * Y + shift);
  const compressed = maybeMalformed(commitment.toBytes());
  const versioned = concatBytes(Uint8Array.of(1), sha256(compressed).subarray(1));
  return concatBytes(
    versioned,
    bigIntToBytes(random.oneIn(20) ? Fr.ORDER : Z, 32),
    bigIntToBytes(random.oneIn(20) ? y + Fr.ORDER : random.oneIn(20) ? 0n : y, 32),
    compressed,
    maybeMalformed(PROOF.multiplyUnsafe(factor).toBytes()),
  );
}

/** Compressed points in forms that must not count: flags, infinity with rests, no reduced x, outside of the subgroup. */
function maybeMalformed(compressed: Uint8Array): Uint8Array {
  if (!random.oneIn(6)) return compressed;
  const outside = BLS12_381_POINTS.g1.outside.map((bytes) =>
    concatBytes(Uint8Array.of(0x80), bytes.subarray(17, 64)),
  );
  const changed = (index: number, mask: number) => {
    const copy = compressed.slice();
    copy[index] ^= mask;
    return copy;
  };
  const infinity = new Uint8Array(48);
  infinity[0] = 0xc0;
  const infinityLike = infinity.slice();
  infinityLike[random.pick([0, 47])] ^= random.pick([0x20, 0x01]);
  const modulus = bigIntToBytes(bls12_381.fields.Fp.ORDER, 48);
  modulus[0] |= 0x80;
  return random.pick([
    changed(0, 0x80),
    changed(0, 0x40),
    changed(0, 0x20),
    changed(47, 0x01),
    infinity,
    infinityLike,
    modulus,
    ...outside,
    new Uint8Array(48),
    random.bytes(48),
  ]);
}

function signature(): Uint8Array {
  const { Fn, Fp } = p256.Point;
  const secret = 1n + BigInt(random.below(2 ** 32));
  const key = p256.Point.BASE.multiply(secret).toAffine();
  const nonce = 1n + BigInt(random.below(2 ** 32));
  const r = Fn.create(p256.Point.BASE.multiply(nonce).toAffine().x);
  const digests = [0n, Fn.ORDER, Fn.ORDER - 1n, (1n << 256n) - 1n, Fn.neg(Fn.mul(r, secret))];
  // The last makes both parts of the sum cancel out; r·secret makes them the same point.
  digests.push(Fn.mul(r, secret));
  const digest = random.oneIn(3) ? random.pick(digests) : BigInt(bytesToHex(random.bytes(32)));
  const valid = Fn.mul(Fn.inv(nonce), Fn.create(digest + r * secret));
  const s = random.oneIn(2) ? valid : Fn.neg(valid);
  const edges = [0n, 1n, Fn.ORDER, Fn.ORDER - 1n, (1n << 256n) - 1n];
  const scalar = (value: bigint) => (random.oneIn(12) ? random.pick(edges) : value);
  const coordinates = [0n, Fp.ORDER, Fp.ORDER - 1n, (1n << 256n) - 1n];
  const coordinate = (value: bigint) => (random.oneIn(25) ? random.pick(coordinates) : value);
  const infinity = random.oneIn(20);
  const [x, y] = infinity ? [0n, 0n] : [coordinate(key.x), coordinate(key.y)];
  return concatBytes(
    ...[digest, scalar(r), scalar(s), x, y].map((part) => bigIntToBytes(part, 32)),
  );
}
