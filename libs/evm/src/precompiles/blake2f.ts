import { precompile } from './precompile.js';

// EIP-152: the compression function of BLAKE2b (RFC 7693) with the number of rounds given, one gas each.

const INPUT_BYTES = 213;
const STATE_AT = 4;
const MESSAGE_AT = 68;
const OFFSET_AT = 196;
const FINAL_AT = 212;

/** BLAKE2b's initialisation vector as (low, high) halves. */
const IV = Uint32Array.of(
  0xf3bcc908,
  0x6a09e667,
  0x84caa73b,
  0xbb67ae85,
  0xfe94f82b,
  0x3c6ef372,
  0x5f1d36f1,
  0xa54ff53a,
  0xade682d1,
  0x510e527f,
  0x2b3e6c1f,
  0x9b05688c,
  0xfb41bd6b,
  0x1f83d9ab,
  0x137e2179,
  0x5be0cd19,
);

const SIGMA = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
].map((row) => Uint8Array.from(row, (index) => 2 * index));

const v = new Uint32Array(32);
const m = new Uint32Array(32);

/** v[a] += v[b] + m[word], all as 64-bit values in (low, high) halves. */
function addInto(a: number, b: number, low: number, high: number): void {
  const sum = v[a] + v[b] + low;
  v[a + 1] = v[a + 1] + v[b + 1] + high + Math.floor(sum / 0x100000000);
  v[a] = sum;
}

/** One quarter of a half-round; indexes are those of the low halves. */
function mix(a: number, b: number, c: number, d: number, x: number, y: number): void {
  addInto(a, b, m[x], m[x + 1]);
  // d = (d ^ a) rotated by 32
  let low = v[d] ^ v[a];
  let high = v[d + 1] ^ v[a + 1];
  v[d] = high;
  v[d + 1] = low;
  addInto(c, d, 0, 0);
  // b = (b ^ c) rotated by 24
  low = v[b] ^ v[c];
  high = v[b + 1] ^ v[c + 1];
  v[b] = (low >>> 24) | (high << 8);
  v[b + 1] = (high >>> 24) | (low << 8);
  addInto(a, b, m[y], m[y + 1]);
  // d = (d ^ a) rotated by 16
  low = v[d] ^ v[a];
  high = v[d + 1] ^ v[a + 1];
  v[d] = (low >>> 16) | (high << 16);
  v[d + 1] = (high >>> 16) | (low << 16);
  addInto(c, d, 0, 0);
  // b = (b ^ c) rotated by 63
  low = v[b] ^ v[c];
  high = v[b + 1] ^ v[c + 1];
  v[b] = (high >>> 31) | (low << 1);
  v[b + 1] = (low >>> 31) | (high << 1);
}

function round(s: Uint8Array): void {
  mix(0, 8, 16, 24, s[0], s[1]);
  mix(2, 10, 18, 26, s[2], s[3]);
  mix(4, 12, 20, 28, s[4], s[5]);
  mix(6, 14, 22, 30, s[6], s[7]);
  mix(0, 10, 20, 30, s[8], s[9]);
  mix(2, 12, 22, 24, s[10], s[11]);
  mix(4, 14, 16, 26, s[12], s[13]);
  mix(6, 8, 18, 28, s[14], s[15]);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function compress(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== INPUT_BYTES || input[FINAL_AT] > 1) return undefined;
  const view = viewOf(input);
  const rounds = view.getUint32(0);
  for (let i = 0; i < 16; i++) {
    v[i] = view.getUint32(STATE_AT + 4 * i, true);
    v[16 + i] = IV[i];
  }
  for (let i = 0; i < 32; i++) m[i] = view.getUint32(MESSAGE_AT + 4 * i, true);
  for (let i = 0; i < 4; i++) v[24 + i] ^= view.getUint32(OFFSET_AT + 4 * i, true);
  if (input[FINAL_AT] === 1) {
    v[28] = ~v[28];
    v[29] = ~v[29];
  }
  for (let i = 0; i < rounds; i++) round(SIGMA[i % 10]);
  const output = new Uint8Array(64);
  const out = viewOf(output);
  for (let i = 0; i < 16; i++) {
    out.setUint32(4 * i, view.getUint32(STATE_AT + 4 * i, true) ^ v[i] ^ v[16 + i], true);
  }
  return output;
}

/** 0x09. */
export const BLAKE2F = precompile({
  gas: (input) => (input.length === INPUT_BYTES ? viewOf(input).getUint32(0) : 0),
  run: compress,
});
