import { Connection, serializeRequest } from '../client/connection.js';
import { distributionOf } from '../report/statistics.js';
import { now, type ProbeReport, type Question } from './read-question.js';

/** Questions that may be without an answer at a time; more than that are asked late, and count so. */
const MAX_CONNECTIONS = 64;

export interface OpenLoopModules {
  /** The newest block's number. */
  readonly head?: () => number;
  readonly onAnswer?: (result: unknown) => void;
}

/**
 * Asks one question at fixed times. The clock of each starts when it was due: a server that stops for a second is late
 * with everything that was due in that second, not with one answer ("coordinated omission").
 */
export class OpenLoop {
  readonly #intervalMs: number;
  readonly #idle: Connection[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #overdue: number[] = [];
  #connections = 0;
  #due = 0;
  #timer: NodeJS.Timeout | undefined;
  #latencies: number[] = [];
  #lags: number[] = [];
  #errors = 0;

  constructor(
    private readonly url: URL,
    private readonly question: Question,
    private readonly modules: OpenLoopModules = {},
  ) {
    this.#intervalMs = 1_000 / question.perSecond;
  }

  /** @param phase how far into the first interval the first question is due, from 0 to 1 */
  start(phase: number): void {
    this.#due = now() + phase * this.#intervalMs;
    this.#wait();
  }

  /** What was measured so far doesn't count. */
  forget(): void {
    [this.#latencies, this.#lags, this.#errors] = [[], [], 0];
  }

  /** Resolves when the last answer is there. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    for (const connection of this.#idle) connection.close();
  }

  report(): ProbeReport {
    return {
      latency: distributionOf(this.#latencies),
      lag: distributionOf(this.#lags),
      errors: this.#errors,
    };
  }

  #wait(): void {
    this.#timer = setTimeout(
      () => {
        for (; this.#due <= now(); this.#due += this.#intervalMs) {
          this.#lags.push(now() - this.#due);
          this.#overdue.push(this.#due);
        }
        this.#askOverdue();
        this.#wait();
      },
      Math.max(0, this.#due - now()),
    );
  }

  #askOverdue(): void {
    while (this.#overdue.length > 0) {
      if (this.#idle.length === 0 && this.#connections === MAX_CONNECTIONS) return;
      const asking = this.#ask(this.#overdue.shift()!).finally(() => {
        this.#underWay.delete(asking);
        this.#askOverdue();
      });
      this.#underWay.add(asking);
    }
  }

  async #ask(due: number): Promise<void> {
    try {
      const connection = this.#idleConnection() ?? (await this.#connect());
      const { body } = await connection.send(serializeRequest(this.url, this.#body()));
      this.#latencies.push(now() - due);
      this.#idle.push(connection);
      this.#judge(body);
    } catch {
      this.#connections--;
      this.#latencies.push(now() - due);
      this.#errors++;
    }
  }

  /** Servers close what nobody has used for a while. */
  #idleConnection(): Connection | undefined {
    for (let found = this.#idle.pop(); found !== undefined; found = this.#idle.pop()) {
      if (found.isOpen) return found;
      this.#connections--;
    }
    return undefined;
  }

  #connect(): Promise<Connection> {
    this.#connections++;
    return Connection.open(this.url);
  }

  #judge(body: Buffer): void {
    if (body.includes('"error"')) this.#errors++;
    else this.modules.onAnswer?.(JSON.parse(body.toString()).result);
  }

  #body(): string {
    const { method, params, blocks } = this.question;
    const asked = blocks === undefined ? params : this.#inLast(blocks);
    return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: asked });
  }

  #inLast(blocks: number): unknown[] {
    const head = this.modules.head?.() ?? 0;
    const fromBlock = `0x${Math.max(0, head - blocks + 1).toString(16)}`;
    const [filter] = this.question.params as [object];
    return [{ ...filter, fromBlock, toBlock: 'latest' }];
  }
}
