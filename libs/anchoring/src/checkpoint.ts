import { type Hash, isHex, ZERO_HASH } from '@flotilla/common';
import { AnchoringError, AnchoringErrorCode } from './errors.js';

export const CHECKPOINT_VERSION = 1;

/** What the chain does after the checkpoint's last block. Nothing follows `Closed`. */
export enum CheckpointStatus {
  Running = 0,
  Sleeping = 1,
  Closed = 2,
}

/**
 * A chain's commitment to a range of its blocks, as `CheckpointManager` on the root records it.
 * Integers are uint64 there; here they are safe integers. Fields that nothing fills yet are zero:
 * `outboxRoot`, `inboxAcc`, `inboxCount` (messages) and `daRoot` (archive chunks).
 */
export interface Checkpoint {
  readonly version: number;
  /** The right to produce under which the checkpoint was made: the registry's epoch at submission. */
  readonly epoch: number;
  readonly chainId: number;
  /** Counts the chain's checkpoints from 0 without a gap. */
  readonly index: number;
  /** 0 (genesis) at index 0, then the block after the previous checkpoint's last one. */
  readonly firstBlock: number;
  readonly lastBlock: number;
  /** Seconds since the Unix epoch, of the last block. */
  readonly timestamp: number;
  /** `checkpointHash` of the previous checkpoint; zero at index 0. */
  readonly parent: Hash;
  /** Of the last block. */
  readonly blockHash: Hash;
  /** After the last block. */
  readonly stateRoot: Hash;
  /** `blocksRoot` of the hashes of every block in the range. */
  readonly blocksRoot: Hash;
  /** Append-only Merkle root of the messages sent since genesis. */
  readonly outboxRoot: Hash;
  /** Accumulator over the messages consumed from the root. */
  readonly inboxAcc: Hash;
  readonly inboxCount: number;
  readonly daRoot: Hash;
  /** Of the chain's configuration, as registered on the root. */
  readonly configHash: Hash;
  readonly status: CheckpointStatus;
}

type FieldType = 'uint8' | 'uint64' | 'bytes32';

/** Names and types in the order of the Solidity struct and of the EIP-712 type. */
export const CHECKPOINT_FIELDS = [
  ['version', 'uint8'],
  ['epoch', 'uint64'],
  ['chainId', 'uint64'],
  ['index', 'uint64'],
  ['firstBlock', 'uint64'],
  ['lastBlock', 'uint64'],
  ['timestamp', 'uint64'],
  ['parent', 'bytes32'],
  ['blockHash', 'bytes32'],
  ['stateRoot', 'bytes32'],
  ['blocksRoot', 'bytes32'],
  ['outboxRoot', 'bytes32'],
  ['inboxAcc', 'bytes32'],
  ['inboxCount', 'uint64'],
  ['daRoot', 'bytes32'],
  ['configHash', 'bytes32'],
  ['status', 'uint8'],
] as const satisfies readonly (readonly [keyof Checkpoint, FieldType])[];

function invalid(why: string): AnchoringError {
  return new AnchoringError(AnchoringErrorCode.InvalidCheckpoint, `invalid checkpoint: ${why}`);
}

function isField(value: unknown, type: FieldType): boolean {
  if (type === 'bytes32') return isHex(value, 32) && value === value.toLowerCase();
  const max = type === 'uint8' ? 255 : Number.MAX_SAFE_INTEGER;
  return (
    Number.isSafeInteger(value) &&
    !Object.is(value, -0) &&
    0 <= Number(value) &&
    Number(value) <= max
  );
}

/**
 * Takes untrusted input (a message, a JSON file) to a checkpoint with exactly its fields, in order.
 * @throws AnchoringError `INVALID_CHECKPOINT`
 */
export function parseCheckpoint(value: unknown): Checkpoint {
  if (typeof value !== 'object' || value === null) throw invalid('not an object');
  const fields = value as Record<string, unknown>;
  const parsed: Record<string, unknown> = {};
  for (const [name, type] of CHECKPOINT_FIELDS) {
    if (!isField(fields[name], type)) throw invalid(`${name} is not a ${type}`);
    parsed[name] = fields[name];
  }
  if (Object.keys(fields).length !== CHECKPOINT_FIELDS.length) throw invalid('unknown field');
  const checkpoint = parsed as unknown as Checkpoint;
  if (checkpoint.version !== CHECKPOINT_VERSION) throw invalid('unknown version');
  if (!(checkpoint.status in CheckpointStatus)) throw invalid('unknown status');
  if (checkpoint.lastBlock < checkpoint.firstBlock) throw invalid('blocks run backwards');
  if (checkpoint.index === 0 && (checkpoint.firstBlock !== 0 || checkpoint.parent !== ZERO_HASH)) {
    throw invalid('the first one starts at block 0 and has no parent');
  }
  return checkpoint;
}
