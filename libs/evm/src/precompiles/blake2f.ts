import { type Blake2bModule, loadBlake2bModule, M_AT, V_AT } from './blake2b-module.js';
import { precompile } from './precompile.js';

// EIP-152: the compression function of BLAKE2b (RFC 7693) with the number of rounds given, one gas each.

const INPUT_BYTES = 213;
const STATE_AT = 4;
const MESSAGE_AT = 68;
const OFFSET_AT = 196;
const FINAL_AT = 212;

/**
 * A multiple of the schedule's ten rows. V8 replaces slow first code by fast code between calls only, so one long call
 * would stay slow.
 */
const ROUNDS_PER_CALL = 1_000;

const IV = BigUint64Array.of(
  0x6a09e667f3bcc908n,
  0xbb67ae8584caa73bn,
  0x3c6ef372fe94f82bn,
  0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n,
  0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn,
  0x5be0cd19137e2179n,
);

let blake2b: Blake2bModule | undefined;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function compress(input: Uint8Array): Uint8Array | undefined {
  if (input.length !== INPUT_BYTES || input[FINAL_AT] > 1) return undefined;
  blake2b ??= loadBlake2bModule();
  const { memory } = blake2b;
  const source = viewOf(input);
  const v = viewOf(memory);
  for (let i = 0; i < 8; i++) {
    v.setBigUint64(V_AT + 8 * i, source.getBigUint64(STATE_AT + 8 * i, true), true);
    v.setBigUint64(V_AT + 64 + 8 * i, IV[i], true);
  }
  memory.set(input.subarray(MESSAGE_AT, OFFSET_AT), M_AT);
  for (let i = 0; i < 16; i++) memory[V_AT + 96 + i] ^= input[OFFSET_AT + i];
  if (input[FINAL_AT] === 1) for (let i = 0; i < 8; i++) memory[V_AT + 112 + i] ^= 0xff;
  for (let left = source.getUint32(0); left > 0; left -= ROUNDS_PER_CALL) {
    blake2b.rounds(Math.min(left, ROUNDS_PER_CALL));
  }
  const output = new Uint8Array(64);
  for (let i = 0; i < 64; i++) {
    output[i] = input[STATE_AT + i] ^ memory[V_AT + i] ^ memory[V_AT + 64 + i];
  }
  return output;
}

/** 0x09. */
export const BLAKE2F = precompile({
  gas: (input) => (input.length === INPUT_BYTES ? viewOf(input).getUint32(0) : 0),
  run: compress,
});
