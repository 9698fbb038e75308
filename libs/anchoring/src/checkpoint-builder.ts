import { type Hash, ZERO_HASH } from '@flotilla/common';
import { blocksRoot } from './blocks-root.js';
import { CHECKPOINT_VERSION, type Checkpoint, CheckpointStatus } from './checkpoint.js';
import { checkpointHash } from './checkpoint-hash.js';
import { AnchoringError, AnchoringErrorCode } from './errors.js';

/** What a checkpoint needs to know of a block. */
export interface CheckpointBlock {
  readonly number: number;
  readonly hash: Hash;
  readonly parentHash: Hash;
  readonly stateRoot: Hash;
  /** Seconds. */
  readonly timestamp: number;
}

/** The chain's newest anchor, from which the next checkpoint continues. */
export interface AnchorPoint {
  readonly index: number;
  readonly lastBlock: number;
  /** `checkpointHash` */
  readonly hash: Hash;
}

export function anchorPointOf(checkpoint: Checkpoint): AnchorPoint {
  const { index, lastBlock } = checkpoint;
  return { index, lastBlock, hash: checkpointHash(checkpoint) };
}

/** The first block that the next checkpoint must cover. */
export function nextFirstBlock(previous: AnchorPoint | undefined): number {
  return previous === undefined ? 0 : previous.lastBlock + 1;
}

function assertContiguous(blocks: readonly CheckpointBlock[], firstBlock: number): void {
  blocks.forEach((block, i) => {
    const follows = i === 0 || block.parentHash === blocks[i - 1].hash;
    if (block.number !== firstBlock + i || !follows) {
      throw new AnchoringError(
        AnchoringErrorCode.InvalidBlockRange,
        `block ${block.number} does not continue the range from ${firstBlock}`,
      );
    }
  });
}

/** Builds one chain's checkpoints, each from the anchor before it. Pure: signing comes after. */
export class CheckpointBuilder {
  constructor(readonly options: { readonly chainId: number; readonly configHash: Hash }) {}

  /**
   * @param previous the newest anchor; undefined before the first
   * @param blocks all of the range: from `nextFirstBlock(previous)`, ascending, at least one
   * @throws AnchoringError `INVALID_BLOCK_RANGE`
   */
  next(
    previous: AnchorPoint | undefined,
    blocks: readonly CheckpointBlock[],
    producer: { readonly epoch: number; readonly status?: CheckpointStatus },
  ): Checkpoint {
    const firstBlock = nextFirstBlock(previous);
    assertContiguous(blocks, firstBlock);
    const root = blocksRoot(blocks.map((block) => block.hash));
    const last = blocks[blocks.length - 1];
    return {
      version: CHECKPOINT_VERSION,
      epoch: producer.epoch,
      chainId: this.options.chainId,
      index: previous === undefined ? 0 : previous.index + 1,
      firstBlock,
      lastBlock: last.number,
      timestamp: last.timestamp,
      parent: previous?.hash ?? ZERO_HASH,
      blockHash: last.hash,
      stateRoot: last.stateRoot,
      blocksRoot: root,
      outboxRoot: ZERO_HASH,
      inboxAcc: ZERO_HASH,
      inboxCount: 0,
      daRoot: ZERO_HASH,
      configHash: this.options.configHash,
      status: producer.status ?? CheckpointStatus.Running,
    };
  }
}
