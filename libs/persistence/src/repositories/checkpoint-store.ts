import type { Clock } from '@flotilla/common';
import { In, LessThan } from 'typeorm';
import type { Database } from '../database/database.js';
import { CheckpointEntity, type CheckpointState } from '../entities/checkpoint.entity.js';

export interface NewCheckpoint {
  readonly chainKey: string;
  readonly index: number;
  readonly hash: string;
  readonly firstBlock: number;
  readonly lastBlock: number;
  readonly checkpoint: Record<string, unknown>;
  readonly signatures: string[];
  readonly bitmap: string;
}

export interface CheckpointRecord extends NewCheckpoint {
  readonly state: CheckpointState;
  readonly rootTransaction: string | null;
  readonly rootBlock: { readonly number: number; readonly hash: string } | null;
  /** ISO 8601. */
  readonly proposedAt: string;
  readonly anchoredAt: string | null;
  readonly finalAt: string | null;
}

export interface Anchoring {
  readonly rootTransaction: string | null;
  readonly rootBlock: { readonly number: number; readonly hash: string };
}

/** A mirror of the root for listings: the root alone decides what is anchored. */
export class CheckpointStore {
  readonly #clock: Clock;

  constructor(
    readonly database: Database,
    modules: { readonly clock: Clock },
  ) {
    this.#clock = modules.clock;
  }

  /** Records a proposal, replacing another one of the same index that is not anchored yet. */
  async propose(checkpoint: NewCheckpoint): Promise<void> {
    await this.database.run((m) =>
      m.query(
        `INSERT INTO checkpoints
           (chain_key, index, hash, state, first_block, last_block, checkpoint, signatures, bitmap, proposed_at)
         VALUES ($1, $2, $3, 'proposed', $4, $5, $6::jsonb, $7::jsonb, $8, $9)
         ON CONFLICT (chain_key, index) DO UPDATE SET hash = $3, first_block = $4, last_block = $5,
           checkpoint = $6::jsonb, signatures = $7::jsonb, bitmap = $8, proposed_at = $9
         WHERE checkpoints.state = 'proposed' AND checkpoints.hash <> $3`,
        [
          checkpoint.chainKey,
          checkpoint.index,
          checkpoint.hash,
          checkpoint.firstBlock,
          checkpoint.lastBlock,
          JSON.stringify(checkpoint.checkpoint),
          JSON.stringify(checkpoint.signatures),
          checkpoint.bitmap,
          this.#now(),
        ],
      ),
    );
  }

  /** True when this call was the one that moved it on from `proposed`. */
  async markAnchored(chainKey: string, index: number, anchoring: Anchoring): Promise<boolean> {
    const result = await this.database.run((m) =>
      m.update(
        CheckpointEntity,
        { chainKey, index, state: 'proposed' },
        {
          state: 'anchored',
          rootTransaction: anchoring.rootTransaction,
          rootBlock: anchoring.rootBlock,
          anchoredAt: this.#now(),
        },
      ),
    );
    return result.affected === 1;
  }

  /** True when this call was the one that made it final. */
  async markFinal(chainKey: string, index: number): Promise<boolean> {
    const result = await this.database.run((m) =>
      m.update(
        CheckpointEntity,
        { chainKey, index, state: 'anchored' },
        { state: 'final', finalAt: this.#now() },
      ),
    );
    return result.affected === 1;
  }

  async find(chainKey: string, index: number): Promise<CheckpointRecord | undefined> {
    const row = await this.database.run((m) => m.findOneBy(CheckpointEntity, { chainKey, index }));
    return row ? toRecord(row) : undefined;
  }

  /** The newest first, with indices below `before`. */
  async list(
    chainKey: string,
    limit: number,
    before?: number,
  ): Promise<readonly CheckpointRecord[]> {
    const rows = await this.database.run(
      (m) =>
        m.find(CheckpointEntity, {
          where: { chainKey, ...(before !== undefined && { index: LessThan(before) }) },
          order: { index: 'DESC' },
          take: limit,
        }),
      'read',
    );
    return rows.map(toRecord);
  }

  /** Proposed or anchored, but not final, oldest first. */
  async unfinished(limit: number): Promise<readonly CheckpointRecord[]> {
    const rows = await this.database.run((m) =>
      m.find(CheckpointEntity, {
        where: { state: In(['proposed', 'anchored']) },
        order: { proposedAt: 'ASC' },
        take: limit,
      }),
    );
    return rows.map(toRecord);
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

function toRecord(row: CheckpointEntity): CheckpointRecord {
  return {
    ...row,
    proposedAt: row.proposedAt.toISOString(),
    anchoredAt: row.anchoredAt?.toISOString() ?? null,
    finalAt: row.finalAt?.toISOString() ?? null,
  };
}
