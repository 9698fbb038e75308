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

/** A contiguous piece of sorted changes whose keys agree in their first `depth` nibbles. */
export interface Span {
  readonly changes: readonly Change[];
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/** The end of the changes, starting with the one at `from`, whose keys have the same nibble at `depth`. */
export function endOfNibble({ changes, to, depth }: Span, from: number): number {
  const nibble = changes[from].key[depth];
  let end = from + 1;
  while (end < to && changes[end].key[depth] === nibble) end++;
  return end;
}
