import { randomBytes } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { RpcDispatcher } from '../dispatcher.js';
import { limitExceeded } from '../errors.js';
import type { Feed, RpcSession } from '../session.js';

export interface WsSessionOptions {
  readonly maxSubscriptions: number;
  /** Bytes waiting to be read by the client before its subscriptions cost it the connection. */
  readonly maxBufferedBytes: number;
  /** Requests of one connection in work at once; past it the socket isn't read. */
  readonly maxInFlight: number;
}

interface Subscription {
  stop: () => void;
  /** Undefined once the response with the id has been written: events then go straight out. */
  held: string[] | undefined;
}

/** One WebSocket connection: its requests run side by side, its notifications follow their responses. */
export class WsSession {
  readonly #subscriptions = new Map<string, Subscription>();
  #inFlight = 0;
  #awaitingPong = false;

  constructor(
    private readonly options: WsSessionOptions,
    private readonly modules: { readonly dispatcher: RpcDispatcher; readonly socket: WebSocket },
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

  #subscribe(feed: Feed, opened: Subscription[]): string {
    if (this.#subscriptions.size >= this.options.maxSubscriptions) {
      throw limitExceeded(`limit exceeded: ${this.options.maxSubscriptions} subscriptions`);
    }
    const id = `0x${randomBytes(16).toString('hex')}`;
    const subscription: Subscription = { stop: () => {}, held: [] };
    this.#subscriptions.set(id, subscription);
    opened.push(subscription);
    subscription.stop = feed((resultText) => this.#notify(id, subscription, resultText));
    return id;
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
    const { socket, dispatcher } = this.modules;
    if (++this.#inFlight >= this.options.maxInFlight) socket.pause();
    const opened: Subscription[] = [];
    const session: RpcSession = {
      subscribe: (feed) => this.#subscribe(feed, opened),
      unsubscribe: (id) => this.#unsubscribe(id),
    };
    try {
      await dispatcher.exchange(
        data.toString(),
        { session, isGone: () => socket.readyState !== socket.OPEN },
        async (answer) => {
          const written = answer === undefined ? undefined : this.#write(answer);
          this.#release(opened);
          await written;
        },
      );
    } finally {
      this.#inFlight--;
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
