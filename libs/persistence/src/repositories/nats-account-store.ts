import type { Clock } from '@flotilla/common';
import type { Database } from '../database/database.js';
import { NatsAccountEntity } from '../entities/nats-account.entity.js';

export interface NatsAccountRecord {
  readonly chainKey: string;
  readonly publicKey: string;
  readonly accountJwt: string;
}

export class NatsAccountStore {
  readonly #clock: Clock;

  constructor(
    readonly database: Database,
    modules: { readonly clock: Clock },
  ) {
    this.#clock = modules.clock;
  }

  async find(chainKey: string): Promise<NatsAccountRecord | undefined> {
    return (
      (await this.database.run((m) => m.findOneBy(NatsAccountEntity, { chainKey }))) ?? undefined
    );
  }

  /** One account per chain: a new issue replaces the old one. */
  async save(account: NatsAccountRecord): Promise<void> {
    const row = { ...account, issuedAt: new Date(this.#clock.now()) };
    await this.database.run((m) => m.upsert(NatsAccountEntity, row, ['chainKey']));
  }

  async remove(chainKey: string): Promise<void> {
    await this.database.run((m) => m.delete(NatsAccountEntity, { chainKey }));
  }

  async all(): Promise<readonly NatsAccountRecord[]> {
    return this.database.run((m) => m.find(NatsAccountEntity, { order: { issuedAt: 'ASC' } }));
  }
}
