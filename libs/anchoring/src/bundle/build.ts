import { type Address, type Hash, type Hex, isHex } from '@flotilla/common';
import type { Checkpoint } from '../checkpoint.js';
import { AnchoringError, AnchoringErrorCode } from '../errors.js';
import type { AccountWitness } from './bundle.js';
import { encodeBundle } from './codec.js';
import { encodeHeader, type RpcBlock } from './header.js';
import { verifyBundle } from './verify.js';

/** An answer of `eth_getProof` (EIP-1186); the values in it are not used, only the nodes. */
export interface RpcProof {
  readonly address: string;
  readonly accountProof: readonly string[];
  readonly storageProof: readonly { readonly key: string; readonly proof: readonly string[] }[];
}

export interface BundleParts {
  /** A block of the root in or after which the checkpoint was anchored. */
  readonly rootBlock: RpcBlock;
  /** Of `CheckpointManager` with the one slot `anchorSlot(chainId, index)`, at that block. */
  readonly rootProof: RpcProof;
  readonly checkpoint: Checkpoint;
  /** The checkpoint's last block. */
  readonly chainBlock: RpcBlock;
  /** At that block, of what the bundle is to prove besides the checkpoint. */
  readonly chainProof?: RpcProof;
  /** Where the contract is not at its CREATE2 address. */
  readonly checkpointManager?: Address;
}

const EMPTY_TRIE_NODE = '0x80';
const HASH_LENGTH = 32;

/**
 * Nodes as every verifier wants them. Nodes disagree about two things: an empty trie (no node, or one
 * that is the empty string) and nodes short enough to be embedded in their parent (repeated, or not).
 */
function toNodes(proof: readonly string[]): Hex[] {
  const nodes = proof.map((node) => node.toLowerCase());
  for (const node of nodes) {
    if (!isHex(node)) {
      throw new AnchoringError(AnchoringErrorCode.InvalidProof, 'a proof node is not hex');
    }
  }
  const hashed = (node: string, i: number) => i === 0 || node.length >= 2 + 2 * HASH_LENGTH;
  return (nodes as Hex[]).filter((node, i) => node !== EMPTY_TRIE_NODE && hashed(node, i));
}

function toWitness({ address, accountProof, storageProof }: RpcProof): AccountWitness {
  const slots = storageProof.map(({ key, proof }) => ({
    slot: `0x${BigInt(key).toString(16).padStart(64, '0')}` as Hex,
    proof: toNodes(proof),
  }));
  return {
    address: address.toLowerCase() as Address,
    proof: toNodes(accountProof),
    slots: slots
      .sort((a, b) => (a.slot < b.slot ? -1 : 1))
      .filter((slot, i) => i === 0 || slots[i - 1].slot !== slot.slot),
  };
}

/**
 * Puts a bundle together from what two nodes answered, and verifies it before giving it out.
 * @returns the canonical text
 * @throws AnchoringError whatever `verifyBundle` finds wrong with the answers
 */
export function buildBundle(parts: BundleParts): string {
  const { rootBlock, rootProof, checkpoint, chainBlock, chainProof, checkpointManager } = parts;
  const text = encodeBundle({
    v: 1,
    root: {
      header: encodeHeader(rootBlock),
      account: toNodes(rootProof.accountProof),
      storage: toNodes(rootProof.storageProof[0]?.proof ?? []),
    },
    checkpoint,
    chain: {
      header: encodeHeader(chainBlock),
      account: chainProof === undefined ? null : toWitness(chainProof),
    },
  });
  const hash = String(rootBlock.hash).toLowerCase() as Hash;
  verifyBundle(text, checkpointManager === undefined ? { hash } : { hash, checkpointManager });
  return text;
}
