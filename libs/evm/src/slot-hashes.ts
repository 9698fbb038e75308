import type { Word } from './word.js';
import { keccakWord } from './word-bytes.js';

// Solidity and Vyper put the element of a mapping at the hash of 64 bytes: key and position. Programs ask for the same
// few again and again, and a comparison takes a tenth of the time of a hash.

const KEY_BYTES = 64;
const KEY_WORDS = KEY_BYTES / 4;
const INDEX_BITS = 11;
const ENTRIES = 1 << INDEX_BITS;
/** 2^32 divided by the golden ratio (Knuth, The Art of Computer Programming, 6.4). */
const MULTIPLIER = 0x9e3779b1;

// Direct-mapped, so that a program can't slow it down with keys that collide.
const keys = new Int32Array(ENTRIES * KEY_WORDS);
const hashes: Word[] = new Array(ENTRIES).fill(keccakWord(new Uint8Array(KEY_BYTES)));

function indexOf(view: DataView, at: number): number {
  let sum = 0;
  for (let i = 0; i < KEY_WORDS; i++) {
    sum = Math.imul(sum ^ view.getInt32(at + 4 * i), MULTIPLIER);
    sum ^= sum >>> 15;
  }
  return (sum >>> 0) % ENTRIES;
}

/** keccak-256 of the 64 bytes, memoised. */
export function slotHash(view: DataView, at: number): Word {
  const index = indexOf(view, at);
  const key = index * KEY_WORDS;
  let isKnown = true;
  for (let i = 0; i < KEY_WORDS; i++) {
    const part = view.getInt32(at + 4 * i);
    if (keys[key + i] === part) continue;
    keys[key + i] = part;
    isKnown = false;
  }
  if (!isKnown) {
    hashes[index] = keccakWord(new Uint8Array(view.buffer, view.byteOffset + at, KEY_BYTES));
  }
  return hashes[index];
}
