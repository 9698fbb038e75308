import { randomBytes } from 'node:crypto';
import type { Logger } from '@flotilla/common';
import type { RawData, WebSocket } from 'ws';
import type { ComputeBudget } from '../cost.js';
import type { RpcDispatcher } from '../dispatcher.js';
import { limitExceeded } from '../errors.js';
import type { MethodTable } from '../method.js';
import type { Feed, RpcSession } from '../session.js';
import type { CostReport } from './cost-report.js';
import { PARKED_CODE, type ParkedSubscription, quiet } from './parking.js';

export interface WsSessionOptions {
  readonly maxSubscriptions: number;
  /** Bytes waiting to be read by the client before its subscriptions cost it the connection. */
  readonly maxBufferedBytes: number;
  /** Requests of one connection in work at once; past it the socket isn't read. */
  readonly maxInFlight: number;
}

export interface WsSessionModules {
  readonly dispatcher: RpcDispatcher;
  readonly methods: MethodTable;
  readonly socket: WebSocket;
  /** Of all WebSockets together that no gateway counts. */
  readonly budget?: ComputeBudget;
  /** Where the gateway is told what requests cost, if it counts them. */
  readonly costs?: CostReport;
  readonly logger: Logger;
  readonly toldBlock?: () => number;
}

interface Subscription {
  /** As asked for by `eth_subscribe`. */
  readonly params: readonly unknown[];
  stop: () => void;
  /** Undefined once the response with the id has been written: events then go straight out. */
  held: string[] | undefined;
}

/** One WebSocket connection: its requests run side by side, its notifications follow their responses. */
export class WsSession {
  readonly #subscriptions = new Map<string, Subscription>();
  #inFlight = 0;
  #awaitingPong = false;
  #onIdle: () => void = () => {};

  constructor(
    private readonly options: WsSessionOptions,
    private readonly modules: WsSessionModules,
  ) {
    const { socket } = modules;
    socket.on('message', (data) => void this.#receive(data));
    socket.on('pong', () => {
      this.#awaitingPong = false;
    });
    // ws reports a broken frame as an error and closes by itself.
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#stopAll());
  }

  #subscribe(feed: Feed, params: readonly unknown[], opened: Subscription[]): string {
    if (this.#subscriptions.size >= this.options.maxSubscriptions) {
      const message = `limit exceeded: ${this.options.maxSubscriptions} subscriptions`;
      throw limitExceeded(message, 'subscriptions');
    }
    const id = `0x${randomBytes(16).toString('hex')}`;
    opened.push(this.#feed(id, feed, params, []));
    return id;
  }

  #feed(
    id: string,
    feed: Feed,
    params: readonly unknown[],
    held: string[] | undefined,
  ): Subscription {
    const subscription: Subscription = { params, stop: () => {}, held };
    this.#subscriptions.set(id, subscription);
    subscription.stop = feed((resultText) => this.#notify(id, subscription, resultText));
    return subscription;
  }

  /** Goes on with what the connection had before, under the same ids; nobody is told of what can't be had any more. */
  async restore(parked: readonly ParkedSubscription[]): Promise<void> {
    const { methods } = this.modules;
    for (const { id, params, block } of parked) {
      const session: RpcSession = {
        subscribe: (feed) => {
          const subscription = this.#feed(id, feed, params, undefined);
          if (block !== undefined) {
            feed.since?.(block, (text) => this.#notify(id, subscription, text));
          }
          return id;
        },
        unsubscribe: () => false,
      };
      try {
        await methods.get('eth_subscribe')?.handle(params, { session });
      } catch (error) {
        this.modules.logger.warn('subscription not restored', { id, error: String(error) });
      }
    }
  }

  /** Answers what has been sent, then closes so that the peer comes again. Resolves with what is to be restored then. */
  async park(): Promise<readonly ParkedSubscription[]> {
    const { socket } = this.modules;
    await quiet(socket);
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    const block = this.modules.toldBlock?.();
    const parked = Array.from(this.#subscriptions, ([id, { params }]) => ({
      id,
      params,
      ...(block !== undefined && { block }),
    }));
    this.#stopAll();
    socket.close(PARKED_CODE, 'parked');
    return parked;
  }

  #unsubscribe(id: string): boolean {
    this.#subscriptions.get(id)?.stop();
    return this.#subscriptions.delete(id);
  }

  /** Called every so often: a peer that didn't answer the last ping is gone. */
  ping(): void {
    if (this.#awaitingPong) {
      this.modules.socket.terminate();
      return;
    }
    this.#awaitingPong = true;
    this.modules.socket.ping();
  }

  close(): void {
    this.modules.socket.close(1001, 'node is stopping');
  }

  terminate(): void {
    this.modules.socket.terminate();
  }

  async #receive(data: RawData): Promise<void> {
    const { socket, dispatcher, budget, costs } = this.modules;
    if (++this.#inFlight >= this.options.maxInFlight) socket.pause();
    const opened: Subscription[] = [];
    const session: RpcSession = {
      subscribe: (feed, params) => this.#subscribe(feed, params, opened),
      unsubscribe: (id) => this.#unsubscribe(id),
    };
    try {
      await dispatcher.exchange(
        data.toString(),
        {
          session,
          client: this,
          ...(budget && { budget }),
          isGone: () => socket.readyState !== socket.OPEN,
        },
        async (answer, costMicros) => {
          costs?.add(costMicros);
          const written = answer === undefined ? undefined : this.#write(answer);
          this.#release(opened);
          await written;
        },
      );
    } finally {
      this.#inFlight--;
      if (this.#inFlight === 0) this.#onIdle();
      if (this.#inFlight < this.options.maxInFlight) socket.resume();
    }
  }

  /** Resolves when the operating system took the bytes: a client that doesn't read isn't read either. */
  #write(text: string): Promise<void> {
    const { socket } = this.modules;
    if (socket.readyState !== socket.OPEN) return Promise.resolve();
    return new Promise<void>((resolve) => socket.send(text, () => resolve()));
  }

  #notify(id: string, subscription: Subscription, resultText: string): void {
    const text = `{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"${id}","result":${resultText}}}`;
    if (subscription.held !== undefined) subscription.held.push(text);
    else this.#deliver(text);
  }

  #deliver(text: string): void {
    const { socket } = this.modules;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > this.options.maxBufferedBytes) {
      // A close frame would only join the queue that nobody reads.
      this.#stopAll();
      socket.terminate();
      return;
    }
    socket.send(text);
  }

  /** Lets the held events out: the ids of these subscriptions are on the wire by now. */
  #release(opened: readonly Subscription[]): void {
    for (const subscription of opened) {
      const held = subscription.held;
      subscription.held = undefined;
      for (const text of held ?? []) this.#deliver(text);
    }
  }

  #stopAll(): void {
    for (const subscription of this.#subscriptions.values()) subscription.stop();
    this.#subscriptions.clear();
  }
}
