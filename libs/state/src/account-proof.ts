import { type Address, bytesToBigInt, decodeRlp, type Hash } from '@flotilla/common';
import { type Account, decodeAccount } from './account.js';
import { StateError, StateErrorCode } from './errors.js';
import { addressHash, slotHash } from './state-keys.js';
import { verifyProof } from './trie/verify-proof.js';

/** What eth_getProof (EIP-1186) answers from. Nodes are RLP, from the root down. */
export interface AccountProof {
  readonly address: Address;
  /** Undefined when the proof shows that there is no such account. */
  readonly account: Account | undefined;
  readonly accountProof: readonly Uint8Array[];
  readonly storageProof: readonly SlotProof[];
}

export interface SlotProof {
  readonly slot: bigint;
  readonly value: bigint;
  readonly proof: readonly Uint8Array[];
}

/** The account that the nodes prove under a state root. @throws StateError `INVALID_PROOF` */
export function verifyAccount(
  stateRoot: Hash,
  address: Address,
  nodes: readonly Uint8Array[],
): Account | undefined {
  const value = verifyProof(stateRoot, addressHash(address), nodes);
  return value === undefined ? undefined : decodeAccount(value);
}

/** The slot's value that the nodes prove under an account's storage root. @throws StateError `INVALID_PROOF` */
export function verifySlot(storageRoot: Hash, slot: bigint, nodes: readonly Uint8Array[]): bigint {
  const value = verifyProof(storageRoot, slotHash(slot), nodes);
  if (value === undefined) return 0n;
  const bytes = decodeRlp(value);
  if (bytes instanceof Uint8Array) return bytesToBigInt(bytes);
  throw new StateError(StateErrorCode.InvalidProof, 'the slot holds a list');
}
