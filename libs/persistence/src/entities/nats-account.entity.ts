import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Account JWTs, kept so that they can be pushed again after the NATS server was wiped. No secrets. */
@Entity('nats_accounts')
export class NatsAccountEntity {
  @PrimaryColumn('uuid', { name: 'chain_key' }) chainKey!: string;
  @Column('text', { name: 'public_key' }) publicKey!: string;
  @Column('text', { name: 'account_jwt' }) accountJwt!: string;
  @Column('timestamptz', { name: 'issued_at' }) issuedAt!: Date;
}
