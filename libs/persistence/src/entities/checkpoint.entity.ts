import { Column, Entity, PrimaryColumn } from 'typeorm';
import { safeInteger } from './columns.js';

export type CheckpointState = 'proposed' | 'anchored' | 'final';

@Entity('checkpoints')
export class CheckpointEntity {
  @PrimaryColumn('uuid', { name: 'chain_key' }) chainKey!: string;
  @PrimaryColumn('int8', { transformer: safeInteger }) index!: number;
  @Column('text') hash!: string;
  @Column('text') state!: CheckpointState;
  @Column('int8', { name: 'first_block', transformer: safeInteger }) firstBlock!: number;
  @Column('int8', { name: 'last_block', transformer: safeInteger }) lastBlock!: number;
  /** Every field of the checkpoint, integers as numbers. */
  @Column('jsonb') checkpoint!: Record<string, unknown>;
  @Column('jsonb') signatures!: string[];
  @Column('text') bitmap!: string;
  @Column('text', { name: 'root_transaction', nullable: true }) rootTransaction!: string | null;
  @Column('jsonb', { name: 'root_block', nullable: true }) rootBlock!: {
    number: number;
    hash: string;
  } | null;
  @Column('timestamptz', { name: 'proposed_at' }) proposedAt!: Date;
  @Column('timestamptz', { name: 'anchored_at', nullable: true }) anchoredAt!: Date | null;
  @Column('timestamptz', { name: 'final_at', nullable: true }) finalAt!: Date | null;
}
