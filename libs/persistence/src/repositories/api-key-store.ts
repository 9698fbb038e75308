import { randomUUID } from 'node:crypto';
import type { Clock } from '@flotilla/common';
import { IsNull, MoreThan } from 'typeorm';
import type { Database } from '../database/database.js';
import { ApiKeyEntity, type Role } from '../entities/api-key.entity.js';

export interface ApiKeyRecord {
  readonly id: string;
  readonly role: Role;
  readonly tenant: string | null;
  readonly label: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly revokedAt: string | null;
  readonly lastUsedAt: string | null;
}

export interface NewApiKey {
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  readonly role: Role;
  readonly tenant: string | null;
  readonly label: string;
}

/** What is needed to know a key that is shown, and what it opens. */
export type KeyHash = Pick<NewApiKey, 'hash' | 'tenant'>;

export class ApiKeyStore {
  readonly #clock: Clock;

  constructor(
    readonly database: Database,
    modules: { readonly clock: Clock },
  ) {
    this.#clock = modules.clock;
  }

  /** Idempotent for one hash: an existing key is returned as it is. */
  async create(key: NewApiKey): Promise<ApiKeyRecord> {
    const row = {
      ...key,
      id: randomUUID(),
      createdAt: new Date(this.#clock.now()),
      revokedAt: null,
      lastUsedAt: null,
    };
    const stored = await this.database.transaction(async (m) => {
      await m.createQueryBuilder().insert().into(ApiKeyEntity).values(row).orIgnore().execute();
      return m.findOneByOrFail(ApiKeyEntity, { hash: key.hash });
    });
    return toRecord(stored);
  }

  async findByHash(hash: string): Promise<ApiKeyRecord | undefined> {
    const row = await this.database.run((m) => m.findOneBy(ApiKeyEntity, { hash }));
    return row ? toRecord(row) : undefined;
  }

  async list(): Promise<readonly ApiKeyRecord[]> {
    const rows = await this.database.run((m) =>
      m.find(ApiKeyEntity, { order: { createdAt: 'DESC', id: 'ASC' }, take: 1_000 }),
    );
    return rows.map(toRecord);
  }

  /** Those that are not revoked, by hash; a page of them, from after a hash on. */
  async good({ limit, after }: { limit: number; after?: string }): Promise<readonly KeyHash[]> {
    const rows = await this.database.run((m) =>
      m.find(ApiKeyEntity, {
        select: { id: true, hash: true, tenant: true },
        where: { revokedAt: IsNull(), ...(after !== undefined && { hash: MoreThan(after) }) },
        order: { hash: 'ASC' },
        take: limit,
      }),
    );
    return rows.map(({ hash, tenant }) => ({ hash, tenant }));
  }

  /** Undefined when there is no such key; revoking twice is fine. */
  async revoke(id: string): Promise<KeyHash | undefined> {
    const row = await this.database.run((m) => m.findOneBy(ApiKeyEntity, { id }));
    if (!row) return undefined;
    const revokedAt = new Date(this.#clock.now());
    await this.database.run((m) =>
      m.update(ApiKeyEntity, { id, revokedAt: IsNull() }, { revokedAt }),
    );
    return { hash: row.hash, tenant: row.tenant };
  }

  async touch(id: string, atMs: number): Promise<void> {
    await this.database.run(
      (m) => m.update(ApiKeyEntity, { id }, { lastUsedAt: new Date(atMs) }),
      'telemetry',
    );
  }
}

function toRecord(row: ApiKeyEntity): ApiKeyRecord {
  return {
    id: row.id,
    role: row.role,
    tenant: row.tenant,
    label: row.label,
    createdAt: row.createdAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
