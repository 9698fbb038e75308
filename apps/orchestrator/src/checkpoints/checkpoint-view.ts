import { type Checkpoint, parseCheckpoint } from '@flotilla/anchoring';
import type { Address, Hash, Hex } from '@flotilla/common';
import type { CheckpointRecord, CheckpointState, StoredChain } from '@flotilla/persistence';

/** A checkpoint as the API serves it. */
export interface CheckpointView {
  readonly index: number;
  readonly hash: Hash;
  readonly parent: Hash;
  readonly firstBlock: number;
  readonly lastBlock: number;
  readonly blockHash: Hash;
  readonly stateRoot: Hash;
  readonly status: CheckpointState;
  readonly rootTransaction: Hash | null;
  readonly rootBlock: { readonly number: number; readonly hash: Hash } | null;
  readonly checkpoint: Checkpoint;
  readonly signatures: readonly Hex[];
  readonly signers: readonly Address[];
  readonly proposedAt: string;
  readonly anchoredAt: string | null;
  readonly finalAt: string | null;
}

export function viewCheckpoint(record: CheckpointRecord, chain: StoredChain): CheckpointView {
  const checkpoint = parseCheckpoint(record.checkpoint);
  const { index, firstBlock, lastBlock, parent, blockHash, stateRoot } = checkpoint;
  return {
    index,
    hash: record.hash as Hash,
    parent,
    firstBlock,
    lastBlock,
    blockHash,
    stateRoot,
    status: record.state,
    rootTransaction: record.rootTransaction as Hash | null,
    rootBlock: record.rootBlock as CheckpointView['rootBlock'],
    checkpoint,
    signatures: record.signatures as Hex[],
    signers: signersOf(record.bitmap, chain.committee?.members ?? []),
    proposedAt: record.proposedAt,
    anchoredAt: record.anchoredAt,
    finalAt: record.finalAt,
  };
}

function signersOf(bitmap: string, members: readonly Address[]): Address[] {
  const bits = BigInt(bitmap);
  return members.filter((_, i) => ((bits >> BigInt(i)) & 1n) === 1n);
}
