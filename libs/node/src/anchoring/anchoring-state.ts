import {
  type AnchorPoint,
  type Checkpoint,
  CheckpointStatus,
  parseCheckpoint,
} from '@flotilla/anchoring';
import type { Hex } from '@flotilla/common';
import { z } from 'zod';

/** A signed checkpoint on its way to the root. Signed once: the same index never gets a second content. */
export interface Proposal {
  readonly checkpoint: Checkpoint;
  readonly signature: Hex;
  /** The chain's transactions up to its last block: what is beyond is new. */
  readonly transactions: number;
}

export interface Anchored extends AnchorPoint {
  readonly transactions: number;
  /** What the chain's own checkpoint said of it; absent when it is not known, or running. */
  readonly status?: CheckpointStatus;
}

/** What must survive a restart so that no index is skipped or used twice. */
export interface AnchoringState {
  readonly anchored?: Anchored;
  readonly proposal?: Proposal;
}

const hash = z.string().regex(/^0x[0-9a-f]{64}$/) as unknown as z.ZodType<Hex>;
const count = z.number().int().nonnegative();

const stateSchema = z.object({
  anchored: z
    .object({
      ...{ index: count, lastBlock: count, hash, transactions: count },
      status: z.enum(CheckpointStatus).optional(),
    })
    .optional(),
  proposal: z
    .object({
      checkpoint: z.unknown().transform(parseCheckpoint),
      signature: z.string().regex(/^0x[0-9a-f]{130}$/) as unknown as z.ZodType<Hex>,
      transactions: count,
    })
    .optional(),
});

export function parseAnchoringState(value: unknown): AnchoringState {
  return stateSchema.parse(value);
}
