import { compareBytes } from '@flotilla/common';
import type { Nibbles } from './nibbles.js';

/** A key of the trie to be set, or with an undefined value removed. */
export interface Change {
  readonly key: Nibbles;
  readonly value: Uint8Array | undefined;
  /** Whether the trie has the key so far. Left out when that is not known. */
  readonly existed?: boolean;
}

/** In key order, as every update needs them. Keys must differ. */
export function sortChanges(changes: Change[]): Change[] {
  return changes.sort((a, b) => compareBytes(a.key, b.key));
}
