import type { AnchorPoint, Checkpoint, CheckpointStatus, Quorum } from '@flotilla/anchoring';
import type { Address, Hash } from '@flotilla/common';

/** A block of the root. */
export interface RootBlock {
  readonly number: number;
  readonly hash: Hash;
}

/** A chain's newest anchor as the root's state holds it; enough to build the next checkpoint on. */
export interface Anchor extends AnchorPoint {
  /** Of the last block, in seconds. */
  readonly timestamp: number;
  readonly status: CheckpointStatus;
  /** Number of the root's block that holds it. */
  readonly rootBlock: number;
}

/** An anchor with everything that the root's log says about it. */
export interface AnchorRecord {
  readonly checkpoint: Checkpoint;
  readonly hash: Hash;
  /** Which members signed, as in `Quorum`. */
  readonly bitmap: Quorum['bitmap'];
  readonly rootBlock: RootBlock;
  readonly transactionHash: Hash;
}

/** Where a transaction of ours ended up on the root. */
export interface RootReceipt {
  readonly transactionHash: Hash;
  readonly rootBlock: RootBlock;
  readonly gasUsed: bigint;
}

/** What a chain is registered with. */
export interface ChainRegistration {
  readonly chainId: number;
  readonly owner: Address;
  /** 1 to 64 addresses, strictly ascending. */
  readonly committee: readonly Address[];
  readonly threshold: number;
  readonly configHash: Hash;
}

export interface RegisteredChain extends ChainRegistration {
  readonly epoch: number;
  readonly closed: boolean;
}
