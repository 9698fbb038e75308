import 'reflect-metadata';
import { type Clock, type Logger, sleep } from '@flotilla/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ApiKeyEntity } from '../entities/api-key.entity.js';
import { AuditEntity } from '../entities/audit.entity.js';
import { ChainEntity } from '../entities/chain.entity.js';
import { ChainEventEntity } from '../entities/chain-event.entity.js';
import { CheckpointEntity } from '../entities/checkpoint.entity.js';
import { NatsAccountEntity } from '../entities/nats-account.entity.js';
import { OutboxEntity } from '../entities/outbox.entity.js';
import { PersistenceError, PersistenceErrorCode, toPersistenceError } from '../errors.js';
import { ControlPlane1763683200000 } from '../migrations/1763683200000-control-plane.js';
import { ChainSettings1763726400000 } from '../migrations/1763726400000-chain-settings.js';
import { Sleep1763769600000 } from '../migrations/1763769600000-sleep.js';
import { ChainSize1763773200000 } from '../migrations/1763773200000-chain-size.js';
import { Scale1763776800000 } from '../migrations/1763776800000-scale.js';
import { createDatabaseIfAbsent } from './create-database.js';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  readonly poolSize?: number;
}

export interface DatabaseModules {
  readonly clock: Clock;
  readonly logger: Logger;
}

const CONNECT_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 15_000;
const MAX_RETRY_MS = 2_000;

/**
 * The connection pool. PostgreSQL may be away at any time, the first included: `open` tries for ever
 * in the background, and until it answers every call fails with `DATABASE_UNAVAILABLE`.
 */
export class Database {
  readonly #options: DatabaseOptions;
  readonly #modules: DatabaseModules;
  #source: DataSource | undefined;
  #closed = false;

  constructor(options: DatabaseOptions, modules: DatabaseModules) {
    this.#options = options;
    this.#modules = modules;
  }

  /** Resolves once connected and migrated, or when `close` was called. */
  async open(): Promise<void> {
    for (let attempt = 1; !this.#closed; attempt++) {
      const source = this.#newSource();
      try {
        await createDatabaseIfAbsent(this.#options.url);
        await source.initialize();
        await source.runMigrations({ transaction: 'each' });
        if (this.#closed) await source.destroy();
        else this.#source = source;
        return;
      } catch (error) {
        if (source.isInitialized) await source.destroy().catch(() => {});
        const { clock, logger } = this.#modules;
        if (attempt === 1) logger.warn('database is not reachable yet', { error: reason(error) });
        await sleep(clock, Math.min(MAX_RETRY_MS, 100 * attempt));
      }
    }
  }

  /** True when a round trip works now. */
  async ping(): Promise<boolean> {
    return this.run((manager) => manager.query('SELECT 1')).then(
      () => true,
      () => false,
    );
  }

  /** @throws PersistenceError `DATABASE_UNAVAILABLE` (retryable) or `DATABASE_FAULT` */
  async run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (!this.#source) throw unavailable();
    try {
      return await work(this.#source.manager);
    } catch (error) {
      throw toPersistenceError(error);
    }
  }

  /** All or nothing. The errors of `run`; the work's own FlotillaErrors pass through. */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.run((manager) => manager.transaction(work));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const source = this.#source;
    this.#source = undefined;
    await source?.destroy().catch(() => {});
  }

  #newSource(): DataSource {
    return new DataSource({
      type: 'postgres',
      url: this.#options.url,
      applicationName: 'flotilla-orchestrator',
      poolSize: this.#options.poolSize ?? 10,
      connectTimeoutMS: CONNECT_TIMEOUT_MS,
      extra: {
        statement_timeout: STATEMENT_TIMEOUT_MS,
        query_timeout: STATEMENT_TIMEOUT_MS + 1_000,
      },
      poolErrorHandler: (error: unknown) =>
        this.#modules.logger.warn('database connection lost', { error: reason(error) }),
      synchronize: false,
      migrations: [
        ControlPlane1763683200000,
        ChainSettings1763726400000,
        Sleep1763769600000,
        ChainSize1763773200000,
        Scale1763776800000,
      ],
      entities: [
        ApiKeyEntity,
        AuditEntity,
        ChainEntity,
        ChainEventEntity,
        CheckpointEntity,
        NatsAccountEntity,
        OutboxEntity,
      ],
    });
  }
}

function unavailable(): PersistenceError {
  return new PersistenceError(
    PersistenceErrorCode.DatabaseUnavailable,
    'the database has not answered yet',
    { retryable: true },
  );
}

function reason(error: unknown): string {
  const cause = toPersistenceError(error).cause;
  return cause instanceof Error ? cause.message || cause.name : String(error);
}
