import { setTimeout as pause } from 'node:timers/promises';
import type { Hex } from '@flotilla/common';
import type { SignedLoad } from '../load/signed-load.js';
import { isBackPressure, isDuplicate, refusalsOf, sendBatchBody } from './batch.js';
import { Connection, serializeRequest } from './connection.js';

const RETRY_AFTER_MS = 20;

export interface SendReport {
  /** Transactions sent again because the server asked for patience. */
  readonly retries: number;
  /** Transactions refused for good, by code and words. */
  readonly errors: Readonly<Record<string, number>>;
}

interface Batch {
  readonly request: Buffer;
  readonly transactions: readonly Hex[];
}

/** A load as bytes, ready to go: whatever can be done before the clock starts has been done. */
export class LoadSender {
  readonly #lanes: { readonly connection: Connection; readonly batches: readonly Batch[] }[] = [];
  #retries = 0;
  readonly #errors: Record<string, number> = {};

  private constructor(private readonly url: URL) {}

  static async prepare(url: URL, load: SignedLoad, batchSize: number): Promise<LoadSender> {
    const sender = new LoadSender(url);
    for (const lane of load) {
      const batches: Batch[] = [];
      for (let at = 0; at < lane.length; at += batchSize) {
        batches.push(sender.#batch(lane.slice(at, at + batchSize)));
      }
      sender.#lanes.push({ connection: await Connection.open(url), batches });
    }
    return sender;
  }

  /** Sends everything; each connection has one batch in flight. */
  async run(): Promise<SendReport> {
    await Promise.all(
      this.#lanes.map(async ({ connection, batches }) => {
        for (const batch of batches) await this.#deliver(connection, batch);
        connection.close();
      }),
    );
    return { retries: this.#retries, errors: this.#errors };
  }

  #batch(transactions: readonly Hex[]): Batch {
    return { transactions, request: serializeRequest(this.url, sendBatchBody(transactions)) };
  }

  async #deliver(connection: Connection, first: Batch): Promise<void> {
    for (let batch = first; ; ) {
      const response = await connection.send(batch.request);
      const refusals = refusalsOf(response, batch.transactions.length);
      if (refusals.length === 0) return;
      const again = refusals.filter(isBackPressure);
      for (const refusal of refusals) {
        if (isBackPressure(refusal) || isDuplicate(refusal)) continue;
        const name = `${refusal.code} ${refusal.message.slice(0, 80)}`;
        this.#errors[name] = (this.#errors[name] ?? 0) + 1;
      }
      if (again.length === 0) return;
      this.#retries += again.length;
      await pause(RETRY_AFTER_MS);
      const positions = again.map(({ index }) => index).sort((a, b) => a - b);
      batch = this.#batch(positions.map((index) => batch.transactions[index]));
    }
  }
}
