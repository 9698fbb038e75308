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
import { RpcKeys1763780400000 } from '../migrations/1763780400000-rpc-keys.js';
import { LiveSealing1763784000000 } from '../migrations/1763784000000-live-sealing.js';
import { createDatabaseIfAbsent } from './create-database.js';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
}

/**
 * What a statement is for. Each purpose has connections of its own, so that listing or telemetry, however much of it
 * there is, never keeps a chain from being brought about.
 */
export type Purpose = 'control' | 'read' | 'telemetry';

interface PoolShape {
  readonly connections: number;
  readonly statementMs: number;
}

const POOLS: Readonly<Record<Purpose, PoolShape>> = {
  control: { connections: 8, statementMs: 15_000 },
  read: { connections: 4, statementMs: 5_000 },
  telemetry: { connections: 2, statementMs: 5_000 },
};
const PURPOSES = Object.keys(POOLS) as readonly Purpose[];

export interface DatabaseModules {
  readonly clock: Clock;
  readonly logger: Logger;
}

const CONNECT_TIMEOUT_MS = 3_000;
const MAX_RETRY_MS = 2_000;

/**
 * The connection pools. PostgreSQL may be away at any time, the first included: `open` tries for ever
 * in the background, and until it answers every call fails with `DATABASE_UNAVAILABLE`.
 */
export class Database {
  readonly #options: DatabaseOptions;
  readonly #modules: DatabaseModules;
  #sources: Readonly<Record<Purpose, DataSource>> | undefined;
  #closed = false;

  constructor(options: DatabaseOptions, modules: DatabaseModules) {
    this.#options = options;
    this.#modules = modules;
  }

  /** Resolves once connected and migrated, or when `close` was called. */
  async open(): Promise<void> {
    for (let attempt = 1; !this.#closed; attempt++) {
      const sources = this.#newSources();
      try {
        await createDatabaseIfAbsent(this.#options.url);
        await sources.control.initialize();
        await sources.control.runMigrations({ transaction: 'each' });
        await Promise.all([sources.read.initialize(), sources.telemetry.initialize()]);
        if (this.#closed) await destroy(sources);
        else this.#sources = sources;
        return;
      } catch (error) {
        await destroy(sources);
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
  async run<T>(
    work: (manager: EntityManager) => Promise<T>,
    purpose: Purpose = 'control',
  ): Promise<T> {
    if (!this.#sources) throw unavailable();
    try {
      return await work(this.#sources[purpose].manager);
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
    const sources = this.#sources;
    this.#sources = undefined;
    if (sources) await destroy(sources);
  }

  #newSources(): Record<Purpose, DataSource> {
    const { control, read, telemetry } = POOLS;
    return {
      control: this.#newSource('control', control),
      read: this.#newSource('read', read),
      telemetry: this.#newSource('telemetry', telemetry),
    };
  }

  #newSource(purpose: Purpose, { connections, statementMs }: PoolShape): DataSource {
    return new DataSource({
      type: 'postgres',
      url: this.#options.url,
      applicationName: `flotilla-orchestrator ${purpose}`,
      poolSize: connections,
      connectTimeoutMS: CONNECT_TIMEOUT_MS,
      extra: {
        statement_timeout: statementMs,
        query_timeout: statementMs + 1_000,
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
        RpcKeys1763780400000,
        LiveSealing1763784000000,
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

async function destroy(sources: Readonly<Record<Purpose, DataSource>>): Promise<void> {
  const open = PURPOSES.map((purpose) => sources[purpose]).filter((each) => each.isInitialized);
  await Promise.all(open.map((source) => source.destroy().catch(() => {})));
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
