import type { SelectQueryBuilder } from 'typeorm';
import type { Database } from '../database/database.js';
import { ChainEventEntity } from '../entities/chain-event.entity.js';

export interface EventRecord {
  readonly id: number;
  /** ISO 8601. */
  readonly at: string;
  readonly chain: string;
  readonly tenant: string;
  readonly type: string;
  readonly data: Record<string, unknown>;
}

export interface EventFilter {
  /** Null: every tenant's. */
  readonly tenant: string | null;
  readonly chain?: string;
  readonly limit: number;
}

type EventQuery = SelectQueryBuilder<ChainEventEntity>;

/** Reads the append-only log that ChainStore writes. */
export class EventStore {
  constructor(readonly database: Database) {}

  /**
   * Events with ids above `id`, oldest first. Ids are drawn before their transaction commits, so an
   * event counts only once every transaction older than it has ended: none is ever skipped.
   */
  async after(id: number, filter: EventFilter): Promise<readonly EventRecord[]> {
    return this.#read(filter, (query) =>
      query
        .andWhere('e.id > :id', { id })
        .andWhere('e.written_by < pg_snapshot_xmin(pg_current_snapshot())')
        .orderBy('e.id', 'ASC'),
    );
  }

  /** The newest first, below `before`. */
  async recent(before: number | undefined, filter: EventFilter): Promise<readonly EventRecord[]> {
    return this.#read(filter, (query) => {
      if (before !== undefined) query.andWhere('e.id < :before', { before });
      return query.orderBy('e.id', 'DESC');
    });
  }

  async lastId(): Promise<number> {
    const rows: { id: string | null }[] = await this.database.run(
      (m) =>
        m.query(
          'SELECT max(id) AS id FROM chain_events WHERE written_by < pg_snapshot_xmin(pg_current_snapshot())',
        ),
      'read',
    );
    return Number(rows[0]?.id ?? 0);
  }

  async #read(filter: EventFilter, narrow: (query: EventQuery) => EventQuery) {
    const rows = await this.database.run((m) => {
      const query = m.createQueryBuilder(ChainEventEntity, 'e').where('true');
      if (filter.tenant !== null) query.andWhere('e.tenant = :t', { t: filter.tenant });
      if (filter.chain !== undefined) query.andWhere('e.chain = :c', { c: filter.chain });
      return narrow(query).limit(filter.limit).getMany();
    }, 'read');
    return rows.map(
      ({ id, at, chain, tenant, type, data }): EventRecord => ({
        id,
        at: at.toISOString(),
        chain,
        tenant,
        type,
        data,
      }),
    );
  }
}
