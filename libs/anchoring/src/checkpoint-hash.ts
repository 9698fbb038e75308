import {
  type Address,
  bigIntToBytes,
  concatBytes,
  type Hash,
  hexToBytes,
  keccak256,
  keccak256Hex,
} from '@flotilla/common';
import { CHECKPOINT_FIELDS, type Checkpoint } from './checkpoint.js';

/** Binds signatures to one `CheckpointManager` on one root. */
export interface CheckpointDomain {
  /** Of the root chain. */
  readonly chainId: number | bigint;
  /** The address of `CheckpointManager` there. */
  readonly verifyingContract: Address;
}

export const CHECKPOINT_DOMAIN_NAME = 'Flotilla';
export const CHECKPOINT_DOMAIN_VERSION = '1';

const hashText = (text: string) => keccak256(new TextEncoder().encode(text));

const DOMAIN_TYPE_HASH = hashText(
  'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)',
);
const CHECKPOINT_TYPE_HASH = hashText(
  `Checkpoint(${CHECKPOINT_FIELDS.map(([name, type]) => `${type} ${name}`).join(',')})`,
);
const NAME_HASH = hashText(CHECKPOINT_DOMAIN_NAME);
const VERSION_HASH = hashText(CHECKPOINT_DOMAIN_VERSION);
const DIGEST_PREFIX = Uint8Array.of(0x19, 0x01);

function encodeFields(checkpoint: Checkpoint): Uint8Array {
  const words = CHECKPOINT_FIELDS.map(([name, type]) =>
    type === 'bytes32'
      ? hexToBytes(checkpoint[name] as Hash)
      : bigIntToBytes(BigInt(checkpoint[name]), 32),
  );
  return concatBytes(CHECKPOINT_TYPE_HASH, ...words);
}

/**
 * The checkpoint's identity: EIP-712 `hashStruct`, the same on every root. It is what the root
 * stores as the anchor and what the next checkpoint names as its parent.
 */
export function checkpointHash(checkpoint: Checkpoint): Hash {
  return keccak256Hex(encodeFields(checkpoint));
}

function domainSeparator(domain: CheckpointDomain): Uint8Array {
  return keccak256(
    concatBytes(
      DOMAIN_TYPE_HASH,
      NAME_HASH,
      VERSION_HASH,
      bigIntToBytes(BigInt(domain.chainId), 32),
      new Uint8Array(12),
      hexToBytes(domain.verifyingContract),
    ),
  );
}

/** The EIP-712 digest that the committee signs; it differs from root to root. */
export function hashCheckpoint(checkpoint: Checkpoint, domain: CheckpointDomain): Hash {
  return keccak256Hex(
    concatBytes(DIGEST_PREFIX, domainSeparator(domain), keccak256(encodeFields(checkpoint))),
  );
}
