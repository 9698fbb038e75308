import {
  addressOfKey,
  buildQuorum,
  type Checkpoint,
  CheckpointBuilder,
  type CheckpointDomain,
  CheckpointStatus,
  checkpointHash,
  hashCheckpoint,
  type Quorum,
  signCheckpoint,
} from '@flotilla/anchoring';
import { type Address, bigIntToHex, keccak256, ZERO_HASH } from '@flotilla/common';

export interface Member {
  readonly key: Uint8Array;
  readonly address: Address;
}

/** Committee members with fixed keys, ascending by address. */
export function members(count: number, seed = 'member'): Member[] {
  return Array.from({ length: count }, (_, i) => {
    const key = keccak256(new TextEncoder().encode(`${seed} ${i}`));
    return { key, address: addressOfKey(key) };
  }).sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** The first checkpoint of a chain, of one made-up block; change what the test is about. */
export function checkpoint(chainId: number, changes: Partial<Checkpoint> = {}): Checkpoint {
  const builder = new CheckpointBuilder({ chainId, configHash: bigIntToHex(7n, 32) });
  const genesis = {
    number: 0,
    hash: bigIntToHex(1n, 32),
    parentHash: ZERO_HASH,
    stateRoot: bigIntToHex(2n, 32),
    timestamp: 1_000,
  };
  return { ...builder.next(undefined, [genesis], { epoch: 1 }), ...changes };
}

/** A checkpoint that continues another by ten blocks. */
export function following(previous: Checkpoint, changes: Partial<Checkpoint> = {}): Checkpoint {
  return {
    ...previous,
    index: previous.index + 1,
    firstBlock: previous.lastBlock + 1,
    lastBlock: previous.lastBlock + 10,
    timestamp: previous.timestamp + 10,
    parent: checkpointHash(previous),
    status: CheckpointStatus.Running,
    ...changes,
  };
}

/** What a node does: every given member signs, and the signatures are packed. */
export function signedBy(
  signers: readonly Member[],
  committee: readonly Member[],
  signed: Checkpoint,
  domain: CheckpointDomain,
): Quorum {
  return buildQuorum(
    hashCheckpoint(signed, domain),
    signers.map(({ key }) => signCheckpoint(signed, domain, key)),
    committee.map(({ address }) => address),
  );
}
