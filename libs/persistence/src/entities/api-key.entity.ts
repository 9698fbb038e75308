import { Column, Entity, PrimaryColumn } from 'typeorm';

/** `rpc` keys are good for JSON-RPC through the gateway, and for nothing of the control plane's. */
export type Role = 'admin' | 'tenant' | 'viewer' | 'rpc';

@Entity('api_keys')
export class ApiKeyEntity {
  @PrimaryColumn('uuid') id!: string;
  /** SHA-256 of the key, hex. The key itself is nowhere. */
  @Column('text') hash!: string;
  @Column('text') role!: Role;
  /** Null for admins, and for viewers and JSON-RPC of the whole fleet. */
  @Column('text', { nullable: true }) tenant!: string | null;
  @Column('text') label!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'revoked_at', nullable: true }) revokedAt!: Date | null;
  @Column('timestamptz', { name: 'last_used_at', nullable: true }) lastUsedAt!: Date | null;
}
