import { bytesToHex, concatBytes, type Hash, hexToBytes } from '@flotilla/common';
import { blockBytes, readBlockNumber } from './state-keys.js';
import type { StateStore, WriteBatch } from './state-store.js';

const HEAD_KEY = new TextEncoder().encode('state.head');

/** Which blocks the state can be read at. */
export interface StateHead {
  /** The newest. */
  readonly blockNumber: number;
  readonly root: Hash;
  /** The oldest that the reverse diffs still lead to. */
  readonly oldestBlock: number;
}

export function loadStateHead(store: StateStore): StateHead | undefined {
  const bytes = store.get('meta', HEAD_KEY);
  if (bytes === undefined) return undefined;
  return {
    blockNumber: readBlockNumber(bytes, 0),
    oldestBlock: readBlockNumber(bytes, 8),
    root: bytesToHex(bytes.subarray(16)),
  };
}

export function saveStateHead(batch: WriteBatch, head: StateHead): void {
  const { blockNumber, oldestBlock, root } = head;
  const bytes = concatBytes(blockBytes(blockNumber), blockBytes(oldestBlock), hexToBytes(root));
  batch.put('meta', HEAD_KEY, bytes);
}
