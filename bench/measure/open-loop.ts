import { Connection, serializeRequest } from '../client/connection.js';
import { distributionOf } from '../report/statistics.js';
import type { ProbeReport, Question } from './read-question.js';
import { contains, now, type Window } from './window.js';

/** Questions that may be without an answer at a time; more than that are asked late, and count so. */
const MAX_CONNECTIONS = 64;

export interface OpenLoopModules {
  /** The newest block's number. */
  readonly head?: () => number;
  readonly onAnswer?: (result: unknown) => void;
}

/** One question that was asked. Times are milliseconds since the Unix epoch. */
interface Asked {
  readonly due: number;
  readonly askedAt: number;
  answeredAt: number;
  failed: boolean;
}

const ALWAYS: Window = [0, Number.POSITIVE_INFINITY];

/**
 * Asks one question at fixed times. The clock of each starts when it was due: a server that stops for a second is late
 * with everything that was due in that second, not with one answer ("coordinated omission").
 */
export class OpenLoop {
  readonly #intervalMs: number;
  readonly #idle: Connection[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #asked: Asked[] = [];
  readonly #overdue: Asked[] = [];
  #connections = 0;
  #due = 0;
  #timer: NodeJS.Timeout | undefined;

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

  /** Resolves when the last answer is there. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    for (const connection of this.#idle) connection.close();
  }

  /** Of what was due in that window; to be called after `stop`. */
  report(window: Window = ALWAYS): ProbeReport {
    const asked = this.#asked.filter(({ due }) => contains(window, due));
    return {
      latency: distributionOf(asked.map(({ due, answeredAt }) => answeredAt - due)),
      lag: distributionOf(asked.map(({ due, askedAt }) => askedAt - due)),
      errors: asked.filter(({ failed }) => failed).length,
    };
  }

  #wait(): void {
    this.#timer = setTimeout(
      () => {
        for (; this.#due <= now(); this.#due += this.#intervalMs) {
          const asked = { due: this.#due, askedAt: now(), answeredAt: 0, failed: false };
          this.#asked.push(asked);
          this.#overdue.push(asked);
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

  async #ask(asked: Asked): Promise<void> {
    try {
      const connection = this.#idleConnection() ?? (await this.#connect());
      const { body } = await connection.send(serializeRequest(this.url, this.#body()));
      asked.answeredAt = now();
      this.#idle.push(connection);
      if (body.includes('"error"')) asked.failed = true;
      else this.modules.onAnswer?.(JSON.parse(body.toString()).result);
    } catch {
      this.#connections--;
      asked.answeredAt = now();
      asked.failed = true;
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
