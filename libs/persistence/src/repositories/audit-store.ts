import { LessThan } from 'typeorm';
import type { Database } from '../database/database.js';
import { AuditEntity } from '../entities/audit.entity.js';

export interface AuditEntry {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly keyId: string | null;
  readonly tenant: string | null;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly code: string | null;
  readonly remote: string;
}

export interface AuditRecord extends Omit<AuditEntry, 'at'> {
  readonly id: number;
  /** ISO 8601. */
  readonly at: string;
}

export class AuditStore {
  constructor(readonly database: Database) {}

  async append(entry: AuditEntry): Promise<void> {
    const row = { ...entry, at: new Date(entry.at) };
    await this.database.run((m) => m.insert(AuditEntity, row), 'telemetry');
  }

  /** The newest first, below `before`. */
  async recent(limit: number, before?: number): Promise<readonly AuditRecord[]> {
    const rows = await this.database.run(
      (m) =>
        m.find(AuditEntity, {
          where: before === undefined ? {} : { id: LessThan(before) },
          order: { id: 'DESC' },
          take: limit,
        }),
      'read',
    );
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }
}
