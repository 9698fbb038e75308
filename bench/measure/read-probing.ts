import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Distribution } from '../report/statistics.js';

export interface Question {
  readonly method: string;
  readonly params: readonly unknown[];
}

export interface ProbeOptions {
  readonly url: string;
  readonly questions: readonly Question[];
}

export interface ProbeReport {
  /** Milliseconds. */
  readonly latency: Distribution;
  readonly errors: number;
}

/** Reads beside the load, timed in a thread of their own: this one is busy sending. */
export class ReadProbing {
  readonly #worker: Worker;

  constructor(options: ProbeOptions) {
    this.#worker = new Worker(new URL('./read-probe.ts', import.meta.url), { workerData: options });
  }

  async stop(): Promise<Readonly<Record<string, ProbeReport>>> {
    const report = once(this.#worker, 'message');
    this.#worker.postMessage('stop');
    return (await report)[0];
  }
}
