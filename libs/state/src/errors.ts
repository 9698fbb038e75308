import { FlotillaError } from '@flotilla/common';

export enum StateErrorCode {
  /** The block is older than the window of reverse diffs. */
  HistoryPruned = 'HISTORY_PRUNED',
  /** The block is newer than the newest committed one. */
  UnknownBlock = 'UNKNOWN_BLOCK',
  /** A commit that is not for the block after the newest, or whose overlay began on another state. */
  StaleOverlay = 'STALE_OVERLAY',
  /** A trie node or a code that must be there is missing, or does not have the hash it is known by. */
  CorruptState = 'CORRUPT_STATE',
  /** A Merkle proof that proves nothing: wrong root, wrong hash, malformed or superfluous node. */
  InvalidProof = 'INVALID_PROOF',
}

export class StateError extends FlotillaError<StateErrorCode, { blockNumber?: number }> {}
