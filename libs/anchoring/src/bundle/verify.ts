import {
  type Address,
  bigIntToHex,
  type Hash,
  type Hex,
  hexToBytes,
  isHex,
} from '@flotilla/common';
import { type Account, EMPTY_TRIE_ROOT, verifyAccount, verifySlot } from '@flotilla/state';
import type { Checkpoint } from '../checkpoint.js';
import { checkpointHash } from '../checkpoint-hash.js';
import { AnchoringError, AnchoringErrorCode } from '../errors.js';
import { CHECKPOINT_MANAGER_ADDRESS } from '../generated/root-addresses.js';
import { anchorSlot } from './anchor-slot.js';
import type { AccountWitness, ProofBundle } from './bundle.js';
import { decodeBundle } from './codec.js';
import { type BlockHeader, decodeHeader } from './header.js';

/** What the caller believes in already; never taken from the bundle. */
export interface TrustedRoot {
  /** Of a block of the root, from a source of the caller's own. */
  readonly hash: Hash;
  /** Only where the contract does not stand at its CREATE2 address. */
  readonly checkpointManager?: Address;
}

export interface ProvenSlot {
  readonly slot: Hex;
  /** 0 when the slot was never set. */
  readonly value: bigint;
}

export interface ProvenAccount {
  readonly address: Address;
  /** Undefined: it is proven that the account does not exist. */
  readonly account: Account | undefined;
  readonly slots: readonly ProvenSlot[];
}

/** What a bundle has proven, given the trusted root hash. Compare it with what you wanted to know. */
export interface VerifiedBundle {
  readonly root: BlockHeader;
  readonly checkpoint: Checkpoint;
  readonly checkpointHash: Hash;
  /** The micro chain's block, the last one of the checkpoint. */
  readonly block: BlockHeader;
  /** As of that block; undefined when the bundle is only about the checkpoint. */
  readonly account: ProvenAccount | undefined;
}

/** The proofs of libs/state throw errors of their own; here all of them are one coded reason. */
function proven<T>(what: string, prove: () => T): T {
  try {
    return prove();
  } catch (cause) {
    throw new AnchoringError(AnchoringErrorCode.InvalidProof, `the proof of ${what} fails`, {
      cause,
    });
  }
}

const toNodes = (nodes: readonly Hex[]) => nodes.map(hexToBytes);

function verifyRootHeader(bundle: ProofBundle, trusted: TrustedRoot): BlockHeader {
  const header = decodeHeader(hexToBytes(bundle.root.header));
  if (!isHex(trusted.hash, 32) || header.hash !== trusted.hash.toLowerCase()) {
    throw new AnchoringError(
      AnchoringErrorCode.UntrustedRoot,
      `the bundle hangs on root block ${header.number} ${header.hash}, not on ${trusted.hash}`,
      { data: { number: header.number, hash: header.hash } },
    );
  }
  return header;
}

function verifyAnchor({ root, checkpoint }: ProofBundle, stateRoot: Hash, manager: Address): Hash {
  const account = proven('CheckpointManager', () =>
    verifyAccount(stateRoot, manager, toNodes(root.account)),
  );
  const slot = anchorSlot(checkpoint.chainId, checkpoint.index);
  const anchor = proven('the anchor', () =>
    verifySlot(account?.storageRoot ?? EMPTY_TRIE_ROOT, slot, toNodes(root.storage)),
  );
  const hash = checkpointHash(checkpoint);
  if (bigIntToHex(anchor, 32) !== hash) {
    throw new AnchoringError(
      AnchoringErrorCode.AnchorMismatch,
      `the root does not hold ${hash} as anchor ${checkpoint.index} of chain ${checkpoint.chainId}`,
    );
  }
  return hash;
}

function verifyBlock({ chain, checkpoint }: ProofBundle): BlockHeader {
  const block = decodeHeader(hexToBytes(chain.header));
  const { number, hash, stateRoot, timestamp } = block;
  if (
    hash !== checkpoint.blockHash ||
    number !== checkpoint.lastBlock ||
    stateRoot !== checkpoint.stateRoot ||
    timestamp !== checkpoint.timestamp
  ) {
    throw new AnchoringError(
      AnchoringErrorCode.BlockMismatch,
      `block ${number} ${hash} is not the one that the checkpoint commits to`,
    );
  }
  return block;
}

function verifyState(witness: AccountWitness, stateRoot: Hash): ProvenAccount {
  const { address, proof, slots } = witness;
  const account = proven(`account ${address}`, () =>
    verifyAccount(stateRoot, address, toNodes(proof)),
  );
  const storageRoot = account?.storageRoot ?? EMPTY_TRIE_ROOT;
  return {
    address,
    account,
    slots: slots.map((witnessed) => ({
      slot: witnessed.slot,
      value: proven(`slot ${witnessed.slot}`, () =>
        verifySlot(storageRoot, BigInt(witnessed.slot), toNodes(witnessed.proof)),
      ),
    })),
  };
}

/**
 * Checks a bundle against the hash of a block of the root, without network, clock or keys: root header
 * → `CheckpointManager` → anchor → checkpoint → micro chain's header → account and slots. Strict: it
 * accepts one text per set of facts, and no proof node that is not used.
 * @throws AnchoringError `MALFORMED_BUNDLE`, `BUNDLE_DIGEST_MISMATCH`, `INVALID_CHECKPOINT`,
 * `INVALID_HEADER`, `UNTRUSTED_ROOT`, `INVALID_PROOF`, `ANCHOR_MISMATCH`, `BLOCK_MISMATCH`
 */
export function verifyBundle(bundle: string | Uint8Array, trusted: TrustedRoot): VerifiedBundle {
  const decoded = decodeBundle(bundle);
  const root = verifyRootHeader(decoded, trusted);
  const manager = trusted.checkpointManager?.toLowerCase() as Address | undefined;
  const hash = verifyAnchor(decoded, root.stateRoot, manager ?? CHECKPOINT_MANAGER_ADDRESS);
  const block = verifyBlock(decoded);
  const { account } = decoded.chain;
  return {
    root,
    checkpoint: decoded.checkpoint,
    checkpointHash: hash,
    block,
    account: account === null ? undefined : verifyState(account, block.stateRoot),
  };
}
