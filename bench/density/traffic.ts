import { serializeRequest } from '../client/connection.js';
import { ConnectionPool } from '../client/connection-pool.js';
import { outcomeOf } from '../isolation/http-strike.js';
import { pace } from '../isolation/pace.js';
import { signThrowaway } from '../isolation/throwaway.js';
import { type Distribution, distributionOf } from '../report/statistics.js';
import type { FleetChain } from './fleet.js';

const RECIPIENT = `0x${'c4'.repeat(20)}` as const;

export interface TrafficReport {
  readonly sends: Distribution;
  /** Of the chain that got least of what was sent to it: the part that was served. 1 when nothing was sent. */
  readonly leastServed: number;
  readonly errors: Readonly<Record<string, number>>;
}

interface Tally {
  sent: number;
  served: number;
}

/** One transaction a second on each of some chains, evenly spread; chains can join while it runs. */
export class Traffic {
  readonly #ending = new AbortController();
  readonly #loops: Promise<void>[] = [];
  readonly #pools: ConnectionPool[] = [];
  #latencies: number[] = [];
  readonly #tallies: Tally[] = [];
  #errors: Record<string, number> = {};

  constructor(private readonly rpcUrl: (chain: string) => string) {}

  join({ name, chainId }: FleetChain): void {
    const url = new URL(this.rpcUrl(name));
    const pool = new ConnectionPool(url);
    this.#pools.push(pool);
    const tally = { sent: 0, served: 0 };
    this.#tallies.push(tally);
    const send = async (n: number, dueAt: number) => {
      const raw = signThrowaway(n, { to: RECIPIENT, gasLimit: 21_000 }, chainId);
      tally.sent++;
      const body = { jsonrpc: '2.0', id: 1, method: 'eth_sendRawTransaction', params: [raw] };
      try {
        const { kind, reason } = outcomeOf(
          await pool.send(serializeRequest(url, JSON.stringify(body))),
        );
        if (kind !== 'served') return this.#fail(reason);
        this.#latencies.push(performance.now() - dueAt);
        tally.served++;
      } catch (error) {
        this.#fail((error as Error).message);
      }
    };
    const { signal } = this.#ending;
    const delayMs = (this.#loops.length * 137) % 1_000;
    this.#loops.push(pace({ perSecond: 1, delayMs, signal }, (n, dueAt) => void send(n, dueAt)));
  }

  /** Since it was last asked. */
  report(): TrafficReport {
    // The newest one may be on its way.
    const shares = this.#tallies.map(({ sent, served }) => (served + 1) / Math.max(1, sent));
    const report = {
      sends: distributionOf(this.#latencies),
      leastServed: Math.min(1, ...shares),
      errors: this.#errors,
    };
    this.#latencies = [];
    this.#errors = {};
    for (const tally of this.#tallies) Object.assign(tally, { sent: 0, served: 0 });
    return report;
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#loops);
    for (const pool of this.#pools) pool.close();
  }

  #fail(reason: string): void {
    this.#errors[reason] = (this.#errors[reason] ?? 0) + 1;
  }
}
