import { TransactionBatch } from '@flotilla/chain';
import type { Hash, Logger } from '@flotilla/common';
import { AnsweredError, toJsonRpcError } from '@flotilla/rpc';
import type { Received } from '../recovery/receive.js';
import type { RefusedItem } from './messages.js';

/** Recovered in one go: some milliseconds of a thread's time. */
const CHUNK = 128;

export interface SubmissionModules {
  /** Decodes and recovers senders. */
  receive(raws: readonly Uint8Array[]): Promise<Received>;
  /** Resolves, when the writer has made the others durable, with those that it refused. The batch's memory is given away. */
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
  async #receive(raws: readonly Uint8Array[]): Promise<Received> {
    const { receive, logger } = this.#modules;
    try {
      return await receive(raws);
    } catch (cause) {
      const error = toJsonRpcError(cause, logger);
      return { batch: undefined, refused: raws.map((_, index) => ({ index, error })) };
    }
  }

  #handOver(chunk: readonly Submission[], { batch, refused }: Received): void {
    if (refused.length > 0) refuse(chunk, refused);
    if (batch === undefined) return;
    const isRefused = new Set(refused.map(({ index }) => index));
    const submitted = isRefused.size === 0 ? chunk : chunk.filter((_, i) => !isRefused.has(i));
    void this.#submit(submitted, new TransactionBatch(batch));
  }

  async #submit(submitted: readonly Submission[], batch: TransactionBatch): Promise<void> {
    const hashes = submitted.map((_, i) => batch.hash(i));
    refuse(submitted, await this.#modules.submit(batch));
    for (const [i, { resolve }] of submitted.entries()) resolve(hashes[i]);
  }
}

function refuse(submitted: readonly Submission[], refused: readonly RefusedItem[]): void {
  for (const { index, error } of refused) submitted[index].reject(new AnsweredError(error));
}
