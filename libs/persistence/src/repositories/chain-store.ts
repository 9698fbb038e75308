import { randomUUID } from 'node:crypto';
import type { Clock } from '@flotilla/common';
import {
  type Chain,
  type ChainChange,
  type ChainEvent,
  type ChainPhase,
  type ChainRepository,
  type ChainSpec,
  type DesiredState,
  INITIAL_STATUS,
  type ObservedStatus,
  OrchestrationError,
  OrchestrationErrorCode,
  settingsOf,
} from '@flotilla/orchestration';
import { type EntityManager, IsNull, MoreThan } from 'typeorm';
import type { Database } from '../database/database.js';
import { ChainEntity } from '../entities/chain.entity.js';
import { ChainEventEntity } from '../entities/chain-event.entity.js';
import { OutboxEntity } from '../entities/outbox.entity.js';
import { violatedUniqueConstraint } from '../errors.js';

/** A chain with what heartbeats and the relay have observed. */
export interface StoredChain extends Chain {
  readonly observed: ObservedStatus;
  readonly archivedAt: number | null;
}

export interface NewChain {
  readonly name: string;
  readonly tenant: string;
  readonly spec: ChainSpec;
}

export interface ChainListing {
  /** Null: every tenant's. */
  readonly tenant: string | null;
  /** Without one, all but archived chains. */
  readonly phase?: ChainPhase;
  readonly limit: number;
  /** Chains after this one; archived ones may share a name. */
  readonly after?: { readonly name: string; readonly id: string };
}

export interface ChainModification {
  readonly spec?: ChainSpec;
  readonly desired?: DesiredState;
  /** Whether what runs of it is to be replaced. */
  readonly restart?: true;
  /** For the event log. */
  readonly reason?: string;
}

/** Outbox topic: the payload is `{id}`; whoever sends it reads what is true then. */
export const ROUTE_TOPIC = 'route.changed';

const NOTHING_OBSERVED: ObservedStatus = {
  head: null,
  safe: null,
  finalized: null,
  lastAnchor: null,
};

/** Chains in PostgreSQL. Every change of a row, its events and its outbox message are one transaction. */
export class ChainStore implements ChainRepository {
  readonly #clock: Clock;
  readonly #written: (chain: StoredChain) => void;

  constructor(
    readonly database: Database,
    modules: {
      readonly clock: Clock;
      /** Called after each commit that changed a row, in this process only. */
      readonly onWritten?: (chain: StoredChain) => void;
    },
  ) {
    this.#clock = modules.clock;
    this.#written = modules.onWritten ?? (() => {});
  }

  async get(id: string): Promise<StoredChain | undefined> {
    const row = await this.database.run((m) => m.findOneBy(ChainEntity, { id }));
    return row ? toChain(row) : undefined;
  }

  /** The chain that has the name now, else the newest archived one that had it. */
  async findByName(name: string): Promise<StoredChain | undefined> {
    const row = await this.database.run((m) =>
      m.findOne(ChainEntity, {
        where: { name },
        order: { archivedAt: { direction: 'DESC', nulls: 'FIRST' } },
      }),
    );
    return row ? toChain(row) : undefined;
  }

  async findActiveByName(name: string): Promise<StoredChain | undefined> {
    const row = await this.database.run((m) =>
      m.findOneBy(ChainEntity, { name, archivedAt: IsNull() }),
    );
    return row ? toChain(row) : undefined;
  }

  async activeIds({ part, of } = { part: 0, of: 1 }): Promise<readonly string[]> {
    const rows: { id: string }[] = await this.database.run((m) =>
      m.query(
        `SELECT id FROM chains WHERE archived_at IS NULL AND (abs(hashtext(id::text)::int8) % $2 = $1 OR NOT (
           desired = 'sleeping' AND status->>'phase' = 'Sleeping' AND generation = observed_generation
         ))`,
        [part, of],
      ),
    );
    return rows.map((row) => row.id);
  }

  /** Those that are not archived, by name; a page of them with `limit`, from after a name on. */
  async active(page: { limit?: number; after?: string } = {}): Promise<readonly StoredChain[]> {
    const { limit, after } = page;
    const rows = await this.database.run((m) =>
      m.find(ChainEntity, {
        where: { archivedAt: IsNull(), ...(after !== undefined && { name: MoreThan(after) }) },
        order: { name: 'ASC' },
        ...(limit !== undefined && { take: limit }),
      }),
    );
    return rows.map(toChain);
  }

  async list(listing: ChainListing): Promise<readonly StoredChain[]> {
    const rows = await this.database.run((m) => {
      const query = m.createQueryBuilder(ChainEntity, 'c').orderBy('c.name').addOrderBy('c.id');
      if (listing.phase) query.andWhere(`c.status->>'phase' = :phase`, { phase: listing.phase });
      else query.andWhere('c.archivedAt IS NULL');
      if (listing.tenant !== null) query.andWhere('c.tenant = :t', { t: listing.tenant });
      if (listing.after) query.andWhere('(c.name, c.id) > (:name, :id)', listing.after);
      return query.limit(listing.limit).getMany();
    }, 'read');
    return rows.map(toChain);
  }

  /** @throws OrchestrationError `NAME_TAKEN` or `CHAIN_ID_TAKEN` */
  async create(chain: NewChain): Promise<StoredChain> {
    const now = new Date(this.#clock.now());
    const row: ChainEntity = {
      id: randomUUID(),
      ...chain,
      genesis: settingsOf(chain.spec),
      desired: 'running',
      chainId: chain.spec.chainId ?? null,
      committee: null,
      status: INITIAL_STATUS,
      observed: NOTHING_OBSERVED,
      generation: 1,
      observedGeneration: 0,
      version: 1,
      createdAt: now,
      updatedAt: now,
      archivedAt: null,
    };
    await this.database.transaction(async (m) => {
      await m.insert(ChainEntity, row as object).catch(translateUnique);
      const { name, tenant } = row;
      await this.#append(m, row, [{ type: 'chain.created', data: { name, tenant } }]);
    });
    const created = toChain(row);
    this.#written(created);
    return created;
  }

  /** The reconciler's write. */
  async update(
    chain: Chain,
    change: ChainChange,
    events: readonly ChainEvent[],
  ): Promise<StoredChain> {
    const archived = change.status?.phase === 'Archived';
    const moved = change.status !== undefined && routeOf(change.status) !== routeOf(chain.status);
    // From the moment it has an id, gateways hold requests to it until it serves.
    const routed = moved || (change.chainId ?? null) !== null;
    return this.#write(chain, { ...change, ...(archived && { archivedAt: this.#now() }) }, events, {
      routed,
    });
  }

  /** The owner's write: a new generation. @throws OrchestrationError `VERSION_CONFLICT` */
  async modify(chain: Chain, change: ChainModification): Promise<StoredChain> {
    const { reason, restart, ...fields } = change;
    const { desired } = fields;
    const event: ChainEvent = {
      type: 'chain.updated',
      data: {
        fields: [...Object.keys(fields), ...(restart ? ['restart'] : [])],
        ...(desired && { desired }),
        ...(reason && { reason }),
      },
    };
    const generation = chain.generation + 1;
    const routed = change.spec !== undefined;
    const restartAskedAt = this.#now().toISOString();
    const status = restart && { status: { ...chain.status, restartAskedAt } };
    return this.#write(chain, { ...fields, ...status, generation }, [event], { routed });
  }

  /** Heads and anchors: merged into the row without its lock, and without an event. */
  async saveObserved(id: string, observed: Partial<ObservedStatus>): Promise<void> {
    await this.database.run(
      (m) =>
        m.query('UPDATE chains SET observed = observed || $2::jsonb WHERE id = $1', [
          id,
          JSON.stringify(observed),
        ]),
      'telemetry',
    );
  }

  async countByPhase(tenant: string | null): Promise<Record<string, number>> {
    const rows: { phase: string; count: string }[] = await this.database.run(
      (m) =>
        m.query(
          `SELECT status->>'phase' AS phase, count(*) FROM chains
         WHERE ($1::text IS NULL OR tenant = $1) GROUP BY 1`,
          [tenant],
        ),
      'read',
    );
    return Object.fromEntries(rows.map((row) => [row.phase, Number(row.count)]));
  }

  async #write(
    chain: Chain,
    change: Partial<Omit<ChainEntity, 'observed'>>,
    events: readonly ChainEvent[],
    { routed }: { routed: boolean },
  ): Promise<StoredChain> {
    const written = await this.database.transaction(async (m) => {
      const where = { id: chain.id, version: chain.version };
      const set = { ...change, version: chain.version + 1, updatedAt: this.#now() };
      // jsonb columns hold plain readonly values, which TypeORM's partial type can't express.
      const result = await m.update(ChainEntity, where, set as object).catch(translateUnique);
      if (result.affected !== 1) {
        throw new OrchestrationError(
          OrchestrationErrorCode.VersionConflict,
          'the chain was changed meanwhile',
          { retryable: true },
        );
      }
      await this.#append(m, chain, events);
      if (routed) {
        const payload = { id: chain.id };
        await m.insert(OutboxEntity, { topic: ROUTE_TOPIC, payload, createdAt: this.#now() });
      }
      return toChain(await m.findOneByOrFail(ChainEntity, { id: chain.id }));
    });
    this.#written(written);
    return written;
  }

  async appendEvents(chain: Chain, events: readonly ChainEvent[]): Promise<void> {
    await this.database.run((m) => this.#append(m, chain, events));
  }

  async #append(
    m: EntityManager,
    chain: Pick<Chain, 'id' | 'name' | 'tenant'>,
    events: readonly ChainEvent[],
  ): Promise<void> {
    if (events.length === 0) return;
    const rows = events.map(({ type, data }) => ({
      at: this.#now(),
      chainKey: chain.id,
      chain: chain.name,
      tenant: chain.tenant,
      type,
      data: data as object,
    }));
    await m.insert(ChainEventEntity, rows);
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

function routeOf(status: Chain['status']): string {
  const { phase, nodeRpcUrl, nodeWsUrl, asleep, lease, replicas, scale } = status;
  const { latestBlock, gasPrice } = asleep ?? {};
  const where = [phase, nodeRpcUrl, nodeWsUrl, lease, replicas];
  return JSON.stringify([...where, latestBlock, gasPrice, scale?.size]);
}

function translateUnique(error: unknown): never {
  switch (violatedUniqueConstraint(error)) {
    case 'chains_name_unique':
      throw new OrchestrationError(OrchestrationErrorCode.NameTaken, 'the name is taken');
    case 'chains_chain_id_unique':
      throw new OrchestrationError(OrchestrationErrorCode.ChainIdTaken, 'the chain id is taken');
    default:
      throw error;
  }
}

function toChain(row: ChainEntity): StoredChain {
  return {
    ...row,
    createdAt: row.createdAt.getTime(),
    updatedAt: row.updatedAt.getTime(),
    archivedAt: row.archivedAt?.getTime() ?? null,
  };
}
