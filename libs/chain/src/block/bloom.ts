import { type Hex, hexToBytes, keccak256 } from '@flotilla/common';

export const BLOOM_BYTES = 256;

export interface BloomSource {
  readonly address: Hex;
  readonly topics: readonly Hex[];
}

/** Bits 0 to 2,047 that a value sets, three of 11 bits each in one number. */
type Bits = number;

const BITS = 2048;
const MAX_CACHED_BITS = 16_384;
/** The same contracts, events and holders come again and again, and a hash costs more than all the rest. */
const cachedBits = new Map<Hex, Bits>();

function bitsOf(value: Hex): Bits {
  let bits = cachedBits.get(value);
  if (bits === undefined) {
    const hash = keccak256(hexToBytes(value));
    const bit = (at: number) => ((hash[at] << 8) | hash[at + 1]) & (BITS - 1);
    bits = (bit(0) * BITS + bit(2)) * BITS + bit(4);
    if (cachedBits.size >= MAX_CACHED_BITS) cachedBits.clear();
    cachedBits.set(value, bits);
  }
  return bits;
}

function addToBloom(bloom: Uint8Array, at: number, value: Hex): void {
  for (let i = 0, rest = bitsOf(value); i < 3; i++, rest = Math.floor(rest / BITS)) {
    const bit = rest % BITS;
    bloom[at + BLOOM_BYTES - 1 - (bit >> 3)] |= 1 << (bit & 7);
  }
}

/** Sets the logs' bits in the bloom that begins at the offset (Yellow Paper, 4.3.1). */
export function addLogs(bloom: Uint8Array, at: number, logs: Iterable<BloomSource>): void {
  for (const log of logs) {
    addToBloom(bloom, at, log.address);
    for (const topic of log.topics) addToBloom(bloom, at, topic);
  }
}

/** 2,048-bit filter over the addresses and topics of the logs (Yellow Paper, 4.3.1). */
export function logsBloom(logs: Iterable<BloomSource>): Uint8Array {
  const bloom = new Uint8Array(BLOOM_BYTES);
  addLogs(bloom, 0, logs);
  return bloom;
}

/** The bits that a value would set: compute once per query, then test many blooms. */
export function bloomMask(value: Hex): readonly { byte: number; bit: number }[] {
  const hash = keccak256(hexToBytes(value));
  return [0, 2, 4].map((i) => {
    const bit = ((hash[i] << 8) | hash[i + 1]) & 2047;
    return { byte: BLOOM_BYTES - 1 - (bit >> 3), bit: 1 << (bit & 7) };
  });
}

/** False means certainly absent. */
export function mayContain(bloom: Uint8Array, mask: ReturnType<typeof bloomMask>): boolean {
  return mask.every(({ byte, bit }) => (bloom[byte] & bit) !== 0);
}
