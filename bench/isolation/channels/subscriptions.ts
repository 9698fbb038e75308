import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Aim, Channel, Flood, Outcome, Target } from '../channel.js';

const PER_CONNECTION = 5;
/** Every kind that makes a node send something for each block or transaction. */
const KINDS: readonly (readonly unknown[])[] = [
  ['newHeads'],
  ['newPendingTransactions'],
  ['logs', {}],
];

/** Subscriptions without end, on connections without end. */
export const subscriptions: Channel = {
  name: 'subscriptions',
  title: 'WebSocket subscriptions',
  overRpc: true,
  rate: 300,
  arm: async (target) => new SubscriptionFlood(target),
};

class SubscriptionFlood implements Flood {
  #open: WebSocket[] = [];
  #current: Promise<Subscriber> | undefined;

  constructor(private readonly target: Target) {}

  async strike(n: number, aim: Aim): Promise<readonly Outcome[]> {
    if (n % PER_CONNECTION === 0 || this.#current === undefined) this.#current = this.#connect(aim);
    const subscriber = await this.#current;
    return [await subscriber.subscribe(KINDS[n % KINDS.length])];
  }

  async restore(): Promise<void> {
    for (const socket of this.#open) socket.terminate();
    this.#open = [];
    this.#current = undefined;
  }

  async close(): Promise<void> {
    await this.restore();
  }

  async #connect(aim: Aim): Promise<Subscriber> {
    const url = aim === 'chain' ? this.target.url : this.target.sink.httpUrl;
    const socket = new WebSocket(url.replace('http', 'ws'), { perMessageDeflate: false });
    this.#open.push(socket);
    return Subscriber.over(socket);
  }
}

interface Answer {
  readonly id?: number;
  readonly error?: { readonly code: number; readonly data?: { readonly code?: string } };
}

/** One connection; once it is refused or cut off, so is everything that is asked over it. */
class Subscriber {
  #next = 0;
  #closed: Outcome | undefined;
  readonly #waiting: ((outcome: Outcome) => void)[] = [];
  #resolveEnded = () => {};
  readonly #ended = new Promise<void>((resolve) => {
    this.#resolveEnded = resolve;
  });

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      const text = data.toString();
      if (!text.includes('eth_subscription')) this.#waiting.shift()?.(outcomeOf(JSON.parse(text)));
    });
    socket.on('close', (code) => this.#end({ kind: codedClose(code), reason: `closed ${code}` }));
  }

  static async over(socket: WebSocket): Promise<Subscriber> {
    const subscriber = new Subscriber(socket);
    socket.on('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      subscriber.#end({ kind: 'refused', reason: `HTTP ${statusCode}` });
    });
    socket.on('error', (error) => subscriber.#end({ kind: 'uncoded', reason: error.message }));
    if (socket.readyState !== WebSocket.OPEN) {
      await Promise.race([once(socket, 'open').catch(() => {}), subscriber.#ended]);
    }
    return subscriber;
  }

  subscribe(kind: readonly unknown[]): Promise<Outcome> | Outcome {
    if (this.#closed !== undefined) return this.#closed;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      const request = { jsonrpc: '2.0', id: this.#next++, method: 'eth_subscribe', params: kind };
      this.socket.send(JSON.stringify(request));
    });
  }

  #end(outcome: Outcome): void {
    this.#closed ??= outcome;
    for (const settle of this.#waiting.splice(0)) settle(this.#closed);
    this.#resolveEnded();
  }
}

function outcomeOf({ error }: Answer): Outcome {
  if (error === undefined) return { kind: 'served', reason: '' };
  return { kind: 'refused', reason: `${error.code} ${error.data?.code ?? ''}`.trim() };
}

/** 1006: the connection was cut without a word. */
const codedClose = (code: number) => (code === 1006 ? 'uncoded' : 'refused');
