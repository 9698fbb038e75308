import { type BatchItem, TransactionBatch } from '@flotilla/chain';
import { bytesToHex, type Hash, type Logger } from '@flotilla/common';
import { AnsweredError, toJsonRpcError } from '@flotilla/rpc';
import type { Received } from '../recovery/receive.js';
import type { RefusedItem } from './messages.js';

/** Recovered in one go, so as not to keep the event loop for longer than some milliseconds. */
const CHUNK = 64;

export interface SubmissionModules {
  /** Decodes and recovers senders, here or in threads of its own. */
  receive(raws: readonly Uint8Array[]): Promise<readonly Received[]> | readonly Received[];
  /** Resolves, when the writer has made the others durable, with those that it refused. */
  submit(batch: TransactionBatch): Promise<readonly RefusedItem[]>;
  readonly logger: Logger;
}

interface Submission {
  readonly raw: Uint8Array;
  resolve(hash: Hash): void;
  reject(error: AnsweredError): void;
}

/** Transactions on their way to the writer: gathered, recovered and handed over in batches, in the order they came. */
export class Submissions {
  readonly #modules: SubmissionModules;
  #waiting: Submission[] = [];
  #isScheduled = false;
  #handover: Promise<void> = Promise.resolve();

  constructor(modules: SubmissionModules) {
    this.#modules = modules;
  }

  /** @throws AnsweredError when it is no valid transaction, or the chain refuses it */
  submit(raw: Uint8Array): Promise<Hash> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ raw, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const chunk = this.#waiting.splice(0, CHUNK);
      const received = this.#receive(chunk.map(({ raw }) => raw));
      // Chunks may be recovered side by side, but a sender's nonces must arrive in their order.
      this.#handover = this.#handover.then(async () => this.#handOver(chunk, await received));
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  /** Never rejects: a recovery thread that fails costs its chunk an answer, not all later ones theirs. */
  async #receive(raws: readonly Uint8Array[]): Promise<readonly Received[]> {
    const { receive, logger } = this.#modules;
    try {
      return await receive(raws);
    } catch (cause) {
      const error = toJsonRpcError(cause, logger);
      return raws.map(() => ({ error }));
    }
  }

  #handOver(chunk: readonly Submission[], received: readonly Received[]): void {
    const items: BatchItem[] = [];
    const submitted: Submission[] = [];
    for (let i = 0; i < chunk.length; i++) {
      const result = received[i];
      if ('error' in result) chunk[i].reject(new AnsweredError(result.error));
      else {
        items.push(result);
        submitted.push(chunk[i]);
      }
    }
    if (items.length > 0) void this.#submit(submitted, items);
  }

  async #submit(submitted: readonly Submission[], items: readonly BatchItem[]): Promise<void> {
    const refused = await this.#modules.submit(TransactionBatch.encode(items));
    for (const { index, error } of refused) submitted[index].reject(new AnsweredError(error));
    for (let i = 0; i < items.length; i++) submitted[i].resolve(bytesToHex(items[i].hash));
  }
}
