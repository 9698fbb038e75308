import { Column, Entity, PrimaryColumn } from 'typeorm';
import { safeInteger } from './columns.js';

/** One row for each call with a valid key that could change something, refused ones included. Append-only. */
@Entity('audit_log')
export class AuditEntity {
  @PrimaryColumn('int8', { generated: 'increment', transformer: safeInteger }) id!: number;
  @Column('timestamptz') at!: Date;
  @Column('uuid', { name: 'key_id', nullable: true }) keyId!: string | null;
  @Column('text', { nullable: true }) tenant!: string | null;
  @Column('text') method!: string;
  @Column('text') path!: string;
  @Column('int4') status!: number;
  /** The problem's code when the call was refused. */
  @Column('text', { nullable: true }) code!: string | null;
  @Column('text') remote!: string;
}
