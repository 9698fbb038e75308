import { compareBytes } from '@flotilla/common';
import type { Nibbles } from './nibbles.js';

/** A key of the trie to be set, or with an undefined value removed. */
export interface Change {
  readonly key: Nibbles;
  readonly value: Uint8Array | undefined;
  /** What the trie must hold at the key so far, null for nothing. Not checked when left out. */
  readonly before?: Uint8Array | null;
}

/** In key order, as every update needs them. Keys must differ. */
export function sortChanges(changes: Change[]): Change[] {
  return changes.sort((a, b) => compareBytes(a.key, b.key));
}
