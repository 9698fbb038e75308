import * as words from './word.js';
import { toBig, toWord, type Word } from './word.js';
import { loadWord, storeWord, wordToAddress } from './word-bytes.js';

const TWO_256 = 1n << 256n;
const mod = (value: bigint) => ((value % TWO_256) + TWO_256) % TWO_256;
const signed = (value: bigint) => BigInt.asIntN(256, value);

// Values around every boundary of the representation: 31 and 32 bits, 53 bits, 64 bits, the sign, the end.
const EDGES = [0n, 31n, 32n, 48n, 53n, 64n, 128n, 160n, 255n, 256n].flatMap((bits) =>
  [-2n, -1n, 0n, 1n, 2n].map((offset) => mod((1n << bits) + offset)),
);

/** A seeded generator (mulberry32), so that a failure repeats. */
function randomWords(count: number, seed: number): bigint[] {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  return Array.from({ length: count }, () => {
    let value = 0n;
    for (let i = 0; i < 8; i++) value = (value << 32n) | BigInt(next());
    return value >> BigInt(next() % 256);
  });
}

const VALUES = [...new Set([...EDGES, ...randomWords(60, 20_261_121)])];

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

const BINARY: Record<string, [(a: Word, b: Word) => Word, (a: bigint, b: bigint) => bigint]> = {
  add: [words.add, (a, b) => mod(a + b)],
  sub: [words.sub, (a, b) => mod(a - b)],
  mul: [words.mul, (a, b) => mod(a * b)],
  div: [words.div, (a, b) => (b === 0n ? 0n : a / b)],
  mod: [words.mod, (a, b) => (b === 0n ? 0n : a % b)],
  sdiv: [words.sdiv, (a, b) => (b === 0n ? 0n : mod(signed(a) / signed(b)))],
  smod: [words.smod, (a, b) => (b === 0n ? 0n : mod(signed(a) % signed(b)))],
  exp: [words.exp, power],
  and: [words.and, (a, b) => a & b],
  or: [words.or, (a, b) => a | b],
  xor: [words.xor, (a, b) => a ^ b],
  shl: [words.shl, (shift, value) => (shift > 255n ? 0n : mod(value << shift))],
  shr: [words.shr, (shift, value) => (shift > 255n ? 0n : value >> shift)],
  sar: [words.sar, (shift, value) => mod(signed(value) >> (shift > 255n ? 256n : shift))],
  byteAt: [
    words.byteAt,
    (index, value) => (index > 31n ? 0n : (value >> (248n - 8n * index)) & 255n),
  ],
  signextend: [
    words.signextend,
    (index, value) => (index > 30n ? value : mod(BigInt.asIntN(Number(8n * index + 8n), value))),
  ],
  lessThan: [(a, b) => (words.lessThan(a, b) ? 1 : 0), (a, b) => (a < b ? 1n : 0n)],
  signedLessThan: [
    (a, b) => (words.signedLessThan(a, b) ? 1 : 0),
    (a, b) => (signed(a) < signed(b) ? 1n : 0n),
  ],
};

function isCanonical(word: Word): boolean {
  return typeof word === 'number'
    ? Number.isSafeInteger(word) && word >= 0
    : word > BigInt(Number.MAX_SAFE_INTEGER) && word < TWO_256;
}

describe('word arithmetic', () => {
  it.each(Object.entries(BINARY))('%s agrees with plain bigints', (_name, [ours, reference]) => {
    const wrong: unknown[] = [];
    for (const a of VALUES) {
      for (const b of VALUES) {
        const result = ours(toWord(a), toWord(b));
        if (!isCanonical(result) || toBig(result) !== reference(a, b)) wrong.push([a, b, result]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    ['addmod', words.addmod, (a: bigint, b: bigint) => a + b] as const,
    ['mulmod', words.mulmod, (a: bigint, b: bigint) => a * b] as const,
  ])('%s agrees with plain bigints', (_name, ours, operation) => {
    const wrong: unknown[] = [];
    const values = VALUES.filter((_, i) => i % 4 === 0);
    for (const a of values) {
      for (const b of values) {
        for (const n of values) {
          const expected = n === 0n ? 0n : operation(a, b) % n;
          const result = ours(toWord(a), toWord(b), toWord(n));
          if (!isCanonical(result) || toBig(result) !== expected) wrong.push([a, b, n, result]);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('negates bits and counts leading zeros', () => {
    for (const value of VALUES) {
      const inverted = words.not(toWord(value));
      expect(isCanonical(inverted)).toBe(true);
      expect(toBig(inverted)).toBe(TWO_256 - 1n - value);
      const bits = value === 0n ? 0 : value.toString(2).length;
      expect(words.countLeadingZeros(toWord(value))).toBe(256 - bits);
    }
  });

  it('survives a round trip through bytes', () => {
    const view = new DataView(new ArrayBuffer(40));
    for (const value of VALUES) {
      storeWord(view, 5, toWord(value));
      const loaded = loadWord(view, 5);
      expect(isCanonical(loaded)).toBe(true);
      expect(toBig(loaded)).toBe(value);
    }
  });

  it('takes the low 160 bits of a word as an address, also for words that share a cache entry', () => {
    for (const value of [...VALUES, ...VALUES]) {
      const low = BigInt.asUintN(160, value).toString(16).padStart(40, '0');
      expect(wordToAddress(toWord(value))).toBe(`0x${low}`);
    }
  });
});
