import type { ChainEventType } from '@flotilla/orchestration';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { safeInteger } from './columns.js';

/** Append-only. */
@Entity('chain_events')
export class ChainEventEntity {
  @PrimaryColumn('int8', { generated: 'increment', transformer: safeInteger }) id!: number;
  @Column('timestamptz') at!: Date;
  @Column('uuid', { name: 'chain_key' }) chainKey!: string;
  @Column('text') chain!: string;
  @Column('text') tenant!: string;
  @Column('text') type!: ChainEventType;
  @Column('jsonb') data!: Record<string, unknown>;
}
