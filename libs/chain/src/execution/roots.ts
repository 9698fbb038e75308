import { encodeRlp, type Hash } from '@flotilla/common';
import { trieRoot } from '@flotilla/state';
import { uint } from '../transaction/fields.js';

/** Root of the trie that maps RLP(index) to each item: for transactions and receipts. */
export function listRoot(items: readonly Uint8Array[]): Hash {
  return trieRoot(items.map((item, i) => [encodeRlp(uint(BigInt(i))), item] as const));
}
