import type { Hash } from '@flotilla/common';

/** A chain's newest anchor, with all that the chain must be told about it. */
export interface KnownAnchor {
  readonly index: number;
  readonly hash: Hash;
  readonly lastBlock: number;
  readonly blockHash: Hash;
  readonly rootBlock: { readonly number: number; readonly hash: Hash };
  readonly rootTransaction: Hash | null;
  readonly final: boolean;
}

/** What the relay remembers of a chain; the root knows it all again after a restart. */
export interface RelayState {
  /** Work on one chain is one at a time. */
  turn: Promise<unknown>;
  /** Checkpoint hashes that wait or are being sent, so that a repeated proposal is not sent twice. */
  readonly underway: Set<Hash>;
  anchor: KnownAnchor | undefined;
  /** Whether the root was asked what it has. */
  loaded: boolean;
  /** The newest index that is known to be final. */
  finalIndex: number;
}

export function newRelayState(): RelayState {
  return {
    turn: Promise.resolve(),
    underway: new Set(),
    anchor: undefined,
    loaded: false,
    finalIndex: -1,
  };
}
