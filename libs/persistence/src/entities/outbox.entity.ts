import { Column, Entity, PrimaryColumn } from 'typeorm';
import { safeInteger } from './columns.js';

/** Messages for NATS, written with the change they tell of and deleted once sent. */
@Entity('outbox')
export class OutboxEntity {
  @PrimaryColumn('int8', { generated: 'increment', transformer: safeInteger }) id!: number;
  @Column('text') topic!: string;
  @Column('jsonb') payload!: Record<string, unknown>;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
