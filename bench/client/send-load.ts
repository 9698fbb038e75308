import { setTimeout as pause } from 'node:timers/promises';
import type { Hex } from '@flotilla/common';
import type { SignedLoad } from '../load/signed-load.js';
import { isBackPressure, isDuplicate, refusalsOf, sendBatchBody } from './batch.js';
import { Connection, serializeRequest } from './connection.js';
import type { InFlightWindow } from './in-flight-window.js';

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

interface Lane {
  readonly connection: Connection;
  readonly batches: readonly Batch[];
  /** Transactions that went out. */
  sent: number;
}

/** A load as bytes, ready to go: whatever can be done before the clock starts has been done. */
export class LoadSender {
  readonly #lanes: Lane[] = [];
  #retries = 0;
  #isStopped = false;
  readonly #errors: Record<string, number> = {};

  private constructor(
    private readonly url: URL,
    private readonly window: InFlightWindow,
  ) {}

  static async prepare(
    url: URL,
    load: SignedLoad,
    batchSize: number,
    window: InFlightWindow,
  ): Promise<LoadSender> {
    const sender = new LoadSender(url, window);
    for (const lane of load) {
      const batches: Batch[] = [];
      for (let at = 0; at < lane.length; at += batchSize) {
        batches.push(sender.#batch(lane.slice(at, at + batchSize)));
      }
      sender.#lanes.push({ connection: await Connection.open(url), batches, sent: 0 });
    }
    return sender;
  }

  /** Transactions that went out and were not refused for good. */
  get accepted(): number {
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    return sum(this.sent) - sum(Object.values(this.#errors));
  }

  /** How far each connection got in its lane. */
  get sent(): readonly number[] {
    return this.#lanes.map((lane) => lane.sent);
  }

  /** Sends everything, or what `performance.now()` allows; each connection has one batch in flight. */
  async run(until = Number.POSITIVE_INFINITY): Promise<SendReport> {
    await Promise.all(this.#lanes.map((lane) => this.#send(lane, until)));
    return { retries: this.#retries, errors: this.#errors };
  }

  /** Gives up: nothing that is under way is waited for. */
  stop(): void {
    this.#isStopped = true;
    this.window.close();
    for (const { connection } of this.#lanes) connection.close();
  }

  async #send(lane: Lane, until: number): Promise<void> {
    for (const batch of lane.batches) {
      await this.window.admit(batch.transactions.length);
      if (this.#isStopped || performance.now() >= until) break;
      await this.#deliver(lane.connection, batch);
      lane.sent += batch.transactions.length;
    }
    lane.connection.close();
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
        this.window.release(1);
      }
      if (again.length === 0) return;
      this.#retries += again.length;
      await pause(RETRY_AFTER_MS);
      const positions = again.map(({ index }) => index).sort((a, b) => a - b);
      batch = this.#batch(positions.map((index) => batch.transactions[index]));
    }
  }
}
