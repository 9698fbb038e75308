import { type Address, bigIntToHex, type Hash, keccak256, ZERO_ADDRESS } from '@flotilla/common';
import { MAX_SAFE, toWord, type Word } from './word.js';

const TWO_32 = 0x100000000;
const ADDRESS_CACHE_ENTRIES = 4096;

/** Reads 32 big-endian bytes. */
export function loadWord(view: DataView, at: number): Word {
  const top = view.getUint32(at) | view.getUint32(at + 4) | view.getUint32(at + 8);
  if (top === 0) {
    const middle = view.getUint32(at + 12) | view.getUint32(at + 16) | view.getUint32(at + 20);
    const high = view.getUint32(at + 24);
    if (middle === 0 && high < 0x200000) return high * TWO_32 + view.getUint32(at + 28);
  }
  return toWord(
    (((((view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8)) << 64n) |
      view.getBigUint64(at + 16)) <<
      64n) |
      view.getBigUint64(at + 24),
  );
}

/** Writes 32 big-endian bytes. */
export function storeWord(view: DataView, at: number, word: Word): void {
  if (typeof word === 'number') {
    view.setFloat64(at, 0);
    view.setFloat64(at + 8, 0);
    view.setFloat64(at + 16, 0);
    view.setUint32(at + 24, word / TWO_32);
    view.setUint32(at + 28, word);
    return;
  }
  view.setBigUint64(at, BigInt.asUintN(64, word >> 192n));
  view.setBigUint64(at + 8, BigInt.asUintN(64, word >> 128n));
  view.setBigUint64(at + 16, BigInt.asUintN(64, word >> 64n));
  view.setBigUint64(at + 24, BigInt.asUintN(64, word));
}

const scratch = new Uint8Array(32);
const scratchView = new DataView(scratch.buffer);

/** At most 32 big-endian bytes; what lies past the end of the data reads as zero. */
export function loadWordPadded(data: Uint8Array, at: number, length: number): Word {
  scratch.fill(0);
  const end = Math.min(at + length, data.length);
  const offset = 32 - length;
  for (let i = at; i < end; i++) scratch[offset + i - at] = data[i];
  return loadWord(scratchView, 0);
}

export function wordToBytes(word: Word): Uint8Array {
  const bytes = new Uint8Array(32);
  storeWord(new DataView(bytes.buffer), 0, word);
  return bytes;
}

export function keccakWord(data: Uint8Array): Word {
  return loadWordPadded(keccak256(data), 0, 32);
}

export function hexToWord(hex: Address | Hash): Word {
  return toWord(BigInt(hex));
}

export function wordToHash(word: Word): Hash {
  return `0x${word.toString(16).padStart(64, '0')}`;
}

// Direct-mapped, so that a program can't slow it down with addresses that collide.
const cachedWords: Word[] = [];
const cachedAddresses: Address[] = [];
for (let i = 0; i < ADDRESS_CACHE_ENTRIES; i++) {
  cachedWords.push(0n);
  cachedAddresses.push(ZERO_ADDRESS);
}

/** The low 160 bits. Memoised: programs address the same few accounts again and again. */
export function wordToAddress(word: Word): Address {
  const low = typeof word === 'number' ? word : Number(BigInt.asUintN(32, word));
  const index = low % ADDRESS_CACHE_ENTRIES;
  if (cachedWords[index] === word) return cachedAddresses[index];
  const address = bigIntToHex(BigInt.asUintN(160, BigInt(word)), 20);
  cachedWords[index] = word;
  cachedAddresses[index] = address;
  return address;
}

/** The low 160 bits as a word. */
export function addressWord(word: Word): Word {
  return typeof word === 'number' ? word : toWord(BigInt.asUintN(160, word));
}

/** As a number; what is too large for one becomes MAX_SAFE, which no gas can pay for. */
export function wordToNumber(word: Word): number {
  return typeof word === 'number' ? word : MAX_SAFE;
}
