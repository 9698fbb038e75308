import { setTimeout as pause } from 'node:timers/promises';
import { type Hash, type Hex, keccak256OfHex } from '@flotilla/common';
import { serializeRequest } from '../client/connection.js';
import { ConnectionPool } from '../client/connection-pool.js';
import { JsonRpc } from '../client/json-rpc.js';
import { type Cast, createCast, SENDERS } from '../load/accounts.js';
import { signLoad } from '../load/signed-load.js';
import { BlockClock } from '../measure/block-clock.js';
import { setUp } from '../measure/setup.js';
import { BLOCK_INTERVAL_MS } from '../peers/peer.js';
import { type Distribution, distributionOf, percentile } from '../report/statistics.js';
import { erc20Transfers } from '../workloads/erc20.js';
import type { PreparedWorkload } from '../workloads/workload.js';
import { missedSlots } from './block-slots.js';
import { pace } from './pace.js';

export interface QuietOptions {
  readonly url: string;
  readonly chainId: number;
}

export interface QuietWindowOptions {
  readonly seconds: number;
  readonly perSecond: number;
}

export interface QuietWindow {
  /** Milliseconds from the moment a request was due: until the answer, and until the block with it was announced. */
  readonly reads: Distribution;
  readonly sends: Distribution;
  readonly inclusion: Distribution;
  /** Sent, but in no block long after the window. */
  readonly notIncluded: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly missedSlots: number;
  /** Milliseconds by which this client itself was late, p99. */
  readonly lateness: number;
}

/** Requests still without an answer so long after the window count as errors. */
const PATIENCE_MS = 15_000;
const ERROR = Buffer.from('"error"');

/** An ordinary dApp: reads and ERC-20 transfers at an even pace, one request each, none waiting for another. */
export class QuietLoad {
  readonly #pool: ConnectionPool;
  readonly #rpc: JsonRpc;
  #ready: { readonly request: Buffer; readonly hash: Hash }[] = [];
  #signed = 0;

  private constructor(
    private readonly options: QuietOptions,
    private readonly cast: Cast,
    private readonly workload: PreparedWorkload,
    private readonly clock: BlockClock,
  ) {
    this.#pool = new ConnectionPool(new URL(options.url));
    this.#rpc = new JsonRpc(new URL(options.url));
  }

  static async open(options: QuietOptions): Promise<QuietLoad> {
    const url = new URL(options.url);
    const cast = createCast(SENDERS);
    const workload = erc20Transfers.prepare(cast);
    await setUp(new JsonRpc(url), cast, options.chainId, workload.setup);
    return new QuietLoad(options, cast, workload, await BlockClock.start(url));
  }

  /** Signs the transactions of the next window. */
  async prepare(transactions: number): Promise<void> {
    const missing = transactions - this.#ready.length;
    if (missing <= 0) return;
    const [signed] = await signLoad(this.workload, this.cast, {
      chainId: this.options.chainId,
      transactions: missing,
      connections: 1,
      skip: this.#signed,
    });
    this.#signed += missing;
    this.#ready.push(...signed.map((raw) => this.#sendRequest(raw)));
  }

  async window({ seconds, perSecond }: QuietWindowOptions): Promise<QuietWindow> {
    const count = seconds * perSecond;
    const transactions = this.#ready.splice(0, count);
    const [reads, sends] = [this.#readRequests(), transactions.map(({ request }) => request)];
    globalThis.gc?.();

    const asked = new Samples();
    const sent = new Samples();
    const from = performance.now();
    const answers: Promise<void>[] = [];
    await Promise.all([
      pace({ perSecond, count }, (n, dueAt) => {
        answers.push(this.#ask(reads[n % reads.length], dueAt, asked));
      }),
      pace({ perSecond, count, delayMs: 500 / perSecond }, (n, dueAt) => {
        answers.push(this.#ask(sends[n], dueAt, sent, transactions[n].hash));
      }),
    ]);
    const to = performance.now();
    await Promise.race([Promise.all(answers), pause(PATIENCE_MS)]);
    const inclusion = await this.#inclusion(sent.dueAt, from);
    return {
      reads: distributionOf(asked.latencies),
      sends: distributionOf(sent.latencies),
      inclusion: distributionOf(inclusion),
      notIncluded: sent.dueAt.size - inclusion.length,
      errors: countErrors([...asked.errors, ...sent.errors], 2 * count, asked, sent),
      missedSlots: missedSlots(this.clock.intervals(from, to), BLOCK_INTERVAL_MS),
      lateness: percentile([...asked.lateness, ...sent.lateness], 0.99),
    };
  }

  close(): void {
    this.#pool.close();
    this.clock.stop();
  }

  async #ask(request: Buffer, dueAt: number, samples: Samples, hash?: Hash): Promise<void> {
    samples.lateness.push(performance.now() - dueAt);
    try {
      const { status, body } = await this.#pool.send(request);
      samples.latencies.push(performance.now() - dueAt);
      if (status !== 200 || body.includes(ERROR)) {
        samples.errors.push(`${status} ${body.toString('utf8', 0, 200)}`);
      } else if (hash !== undefined) samples.dueAt.set(hash, dueAt);
    } catch (error) {
      samples.errors.push((error as Error).message);
    }
  }

  /** How long each accepted transaction took to be in a block that this client had heard of. */
  async #inclusion(dueAt: ReadonlyMap<Hash, number>, from: number): Promise<number[]> {
    const latencies: number[] = [];
    const left = new Map(dueAt);
    const deadline = performance.now() + PATIENCE_MS;
    for (let next = 0; left.size > 0 && performance.now() < deadline; await pause(50)) {
      for (; next < this.clock.blocks.length; next++) {
        const { number, arrivedAt } = this.clock.blocks[next];
        if (arrivedAt < from) continue;
        for (const hash of await this.#hashesOf(number)) {
          const sentAt = left.get(hash);
          if (sentAt === undefined) continue;
          left.delete(hash);
          latencies.push(arrivedAt - sentAt);
        }
      }
    }
    return latencies;
  }

  async #hashesOf(block: number): Promise<readonly Hash[]> {
    const tag = `0x${block.toString(16)}`;
    const found = await this.#rpc.call<{ transactions: Hash[] }>(
      'eth_getBlockByNumber',
      ...[tag, false],
    );
    return found.transactions;
  }

  #sendRequest(raw: Hex) {
    return { request: this.#request('eth_sendRawTransaction', [raw]), hash: keccak256OfHex(raw) };
  }

  /** What wallets and front ends ask all day, one account after the other. */
  #readRequests(): Buffer[] {
    const { to } = this.workload.call(0, 0);
    return this.cast.senders.flatMap(({ address }) => {
      const data = `0x70a08231${address.slice(2).padStart(64, '0')}`;
      return [
        this.#request('eth_getBalance', [address, 'latest']),
        this.#request('eth_call', [{ to, data }, 'latest']),
      ];
    });
  }

  #request(method: string, params: readonly unknown[]): Buffer {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    return serializeRequest(new URL(this.options.url), body);
  }
}

class Samples {
  readonly latencies: number[] = [];
  readonly lateness: number[] = [];
  readonly errors: string[] = [];
  readonly dueAt = new Map<Hash, number>();
}

function countErrors(
  errors: readonly string[],
  asked: number,
  ...answered: readonly Samples[]
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const error of errors) counts[error] = (counts[error] ?? 0) + 1;
  const settled = answered.reduce((sum, { latencies }) => sum + latencies.length, 0);
  const unanswered = asked - settled;
  if (unanswered > 0) counts['no answer'] = unanswered;
  return counts;
}
