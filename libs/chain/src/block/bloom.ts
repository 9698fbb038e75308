import { type Hex, hexToBytes, keccak256 } from '@flotilla/common';

export const BLOOM_BYTES = 256;

export interface BloomSource {
  readonly address: Hex;
  readonly topics: readonly Hex[];
}

function addToBloom(bloom: Uint8Array, value: Hex): void {
  const hash = keccak256(hexToBytes(value));
  for (let i = 0; i < 6; i += 2) {
    const bit = ((hash[i] << 8) | hash[i + 1]) & 2047;
    bloom[BLOOM_BYTES - 1 - (bit >> 3)] |= 1 << (bit & 7);
  }
}

/** 2,048-bit filter over the addresses and topics of the logs (Yellow Paper, 4.3.1). */
export function logsBloom(logs: Iterable<BloomSource>): Uint8Array {
  const bloom = new Uint8Array(BLOOM_BYTES);
  for (const log of logs) {
    addToBloom(bloom, log.address);
    for (const topic of log.topics) addToBloom(bloom, topic);
  }
  return bloom;
}

export function mergeBloom(into: Uint8Array, bloom: Uint8Array): void {
  for (let i = 0; i < BLOOM_BYTES; i++) into[i] |= bloom[i];
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
