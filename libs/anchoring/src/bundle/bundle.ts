import type { Address, Hex } from '@flotilla/common';
import type { Checkpoint } from '../checkpoint.js';

/** Proof of an account, or of its absence, in the state after the checkpoint's last block. */
export interface AccountWitness {
  readonly address: Address;
  /** Nodes of the state trie from the root down, RLP. */
  readonly proof: readonly Hex[];
  /** Strictly ascending by slot. */
  readonly slots: readonly SlotWitness[];
}

export interface SlotWitness {
  /** 32 bytes. */
  readonly slot: Hex;
  /** Nodes of the account's storage trie from the root down, RLP; none when the trie is empty. */
  readonly proof: readonly Hex[];
}

/**
 * Everything it takes to check a chain's state against the hash of one block of the root, offline.
 * There are no signatures in it: that the slot of the anchor is set proves that the contract, whose
 * code its CREATE2 address commits to, verified the committee's quorum.
 */
export interface ProofBundle {
  readonly v: 1;
  readonly root: {
    /** RLP of the root block's header. */
    readonly header: Hex;
    /** Of `CheckpointManager`, in the root's state. */
    readonly account: readonly Hex[];
    /** Of the anchor, in the storage of `CheckpointManager`. */
    readonly storage: readonly Hex[];
  };
  readonly checkpoint: Checkpoint;
  readonly chain: {
    /** RLP of the header of the checkpoint's last block. */
    readonly header: Hex;
    readonly account: AccountWitness | null;
  };
}
