import { In } from 'typeorm';
import type { Database } from '../database/database.js';
import { OutboxEntity } from '../entities/outbox.entity.js';

export interface OutboxMessage {
  readonly id: number;
  readonly topic: string;
  readonly payload: Record<string, unknown>;
}

/** At least once, in order: read, send, then delete. */
export class OutboxStore {
  constructor(readonly database: Database) {}

  async oldest(limit: number): Promise<readonly OutboxMessage[]> {
    return this.database.run((m) => m.find(OutboxEntity, { order: { id: 'ASC' }, take: limit }));
  }

  async remove(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.run((m) => m.delete(OutboxEntity, { id: In([...ids]) }));
  }
}
