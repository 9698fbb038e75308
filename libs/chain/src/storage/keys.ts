import { concatBytes, type Hash, hexToBytes } from '@flotilla/common';

const text = new TextEncoder();
const CHUNK_PREFIX = 'c'.charCodeAt(0);

/** 8 bytes big-endian, so that key order is number order. */
export function numberKey(value: number): Uint8Array {
  const key = new Uint8Array(8);
  const view = new DataView(key.buffer);
  view.setUint32(0, Math.floor(value / 0x1_0000_0000));
  view.setUint32(4, value >>> 0);
  return key;
}

export function readNumberKey(key: Uint8Array): number {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return view.getUint32(0) * 0x1_0000_0000 + view.getUint32(4);
}

const prefixed = (prefix: string, rest: Uint8Array) => concatBytes(text.encode(prefix), rest);

/** Table `blocks`. */
export const headerKey = (number: number) => prefixed('h', numberKey(number));
/** Table `blocks`. */
export const bodyKey = (number: number) => prefixed('b', numberKey(number));
/** Table `receipts`. */
export const receiptsKey = (number: number) => numberKey(number);
/** Table `indexes`: block hash → number. */
export const blockHashKey = (hash: Hash) => prefixed('b', hexToBytes(hash));
/** Table `indexes`: a run of the transaction index, by its first block. */
export const runKey = (first: number) => prefixed('r', numberKey(first));
export const readRunKey = (key: Uint8Array) => readNumberKey(key.subarray(1));
/** All of them. */
export const RUN_KEYS = { gte: text.encode('r'), lt: text.encode('s') } as const;

/** Table `indexes`: a part of a run. */
export function chunkKey(first: number, chunk: number): Uint8Array {
  const key = new Uint8Array(11);
  const view = new DataView(key.buffer);
  key[0] = CHUNK_PREFIX;
  view.setUint32(1, Math.floor(first / 0x1_0000_0000));
  view.setUint32(5, first >>> 0);
  view.setUint16(9, chunk);
  return key;
}

/** Table `meta`. */
export const META = {
  head: text.encode('chain.head'),
  safe: text.encode('chain.safe'),
  finalized: text.encode('chain.finalized'),
  epoch: text.encode('chain.epoch'),
  totals: text.encode('chain.totals'),
  genesisConfigHash: text.encode('chain.genesis'),
} as const;
