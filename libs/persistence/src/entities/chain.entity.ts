import type {
  ChainSettings,
  ChainSpec,
  Committee,
  DesiredState,
  ObservedStatus,
  ReconciledStatus,
} from '@flotilla/orchestration';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { safeInteger } from './columns.js';

@Entity('chains')
export class ChainEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  @Column('text') tenant!: string;
  @Column('jsonb') spec!: ChainSpec;
  @Column('jsonb') genesis!: ChainSettings;
  @Column('text') desired!: DesiredState;
  @Column('int8', { name: 'chain_id', nullable: true, transformer: safeInteger })
  chainId!: number | null;
  @Column('jsonb', { nullable: true }) committee!: Committee | null;
  @Column('jsonb') status!: ReconciledStatus;
  /** Heads and anchors: written without the version lock. */
  @Column('jsonb') observed!: ObservedStatus;
  @Column('int4') generation!: number;
  @Column('int4', { name: 'observed_generation' }) observedGeneration!: number;
  @Column('int4') version!: number;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
  @Column('timestamptz', { name: 'archived_at', nullable: true }) archivedAt!: Date | null;
}
