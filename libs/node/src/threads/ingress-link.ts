import { type Blockchain, type Refusal, type Transaction, TransactionBatch } from '@flotilla/chain';
import type { Logger } from '@flotilla/common';
import type { NodeLimits } from '@flotilla/messaging';
import {
  answerRemote,
  type MethodTable,
  type ParkedConnections,
  RpcError,
  RpcErrorCode,
  toJsonRpcError,
} from '@flotilla/rpc';
import type { Grant } from '../limits/intake-meter.js';
import type { Forwarder } from '../replication/forwarder.js';
import { ChainSignal } from './chain-signal.js';
import { writeLog } from './channel-logger.js';
import type { IngressOptions } from './ingress/ingress.js';
import type { ToIngress, ToWriter, WatchedEvent } from './ingress/messages.js';
import type { SpawnThread, Thread } from './thread.js';

export interface IngressLinkOptions extends Omit<IngressOptions, 'view'> {
  /** The folder of the chain's database. */
  readonly storePath: string;
}

export interface IngressLinkModules {
  readonly chain: Blockchain;
  /** Where what only a producer can do goes; undefined on the producer. */
  readonly forwarder: () => Forwarder | undefined;
  /** What this thread answers for the other. */
  readonly methods: MethodTable;
  /** What transactions wait for; undefined when they need not wait. */
  readonly joining: () => Promise<void> | undefined;
  /** How many of so many transactions are taken now, and why not the others. */
  readonly admit: (count: number) => Grant;
  readonly spawn: SpawnThread;
  readonly logger: Logger;
  /** The thread is gone, and with it everything that was under way. */
  readonly onLost: (error: Error) => void;
}

/** What even a follower answers itself: it speaks of this instance. */
const OWN_STATUS = 'flotilla_status';

/** The writer's end of its ingress thread. */
export class IngressLink {
  readonly #options: IngressLinkOptions;
  readonly #modules: IngressLinkModules;
  readonly #signal = new ChainSignal();
  readonly #stops: (() => void)[] = [];
  readonly #watched = new Map<WatchedEvent, () => void>();
  #pending: Transaction[] = [];
  #thread: Thread | undefined;
  #ended: Promise<void> | undefined;
  #isStopping = false;
  #parked: ParkedConnections = {};

  constructor(options: IngressLinkOptions, modules: IngressLinkModules) {
    this.#options = options;
    this.#modules = modules;
  }

  /** Resolves with the port. @throws RpcError `RPC_START_FAILED` when none of the ports is free */
  async start(): Promise<number> {
    const { chain, spawn, onLost } = this.#modules;
    const { storePath, ...options } = this.#options;
    const signal = this.#signal;
    for (const event of ['block', 'safe', 'finalized'] as const) {
      this.#stops.push(chain.events.on(event, () => signal.advanced()));
    }
    this.#stops.push(chain.events.on('rewritten', () => signal.rewritten()));
    const ingressOptions: IngressOptions = {
      ...options,
      view: { chain: chain.config, storePath, signal: signal.memory },
    };
    const thread = spawn('ingress', ingressOptions);
    this.#thread = thread;
    return new Promise((resolve, reject) => {
      this.#ended = new Promise((ended) => {
        thread.onEnd((error) => {
          ended();
          const lost = error ?? new Error('it ended by itself');
          reject(new RpcError(RpcErrorCode.StartFailed, lost.message, { cause: lost }));
          if (!this.#isStopping) onLost(lost);
        });
      });
      thread.listen((message: ToWriter) => {
        if (message.kind === 'serving') resolve(message.port);
        else if (message.kind === 'not-serving') {
          this.#isStopping = true;
          this.#post({ kind: 'close' });
          reject(new RpcError(RpcErrorCode.StartFailed, message.reason, { retryable: true }));
        } else void this.#receive(message);
      });
    });
  }

  /** Lets the thread answer what is under way. Resolves with the connections that can go on with another process. */
  async stop(): Promise<ParkedConnections> {
    if (this.#thread === undefined) return {};
    this.#isStopping = true;
    this.#post({ kind: 'close' });
    await this.#ended;
    for (const stop of [...this.#stops, ...this.#watched.values()]) stop();
    return this.#parked;
  }

  limit(limits: NodeLimits): void {
    this.#post({ kind: 'limits', limits });
  }

  async #receive(message: Exclude<ToWriter, { kind: 'serving' | 'not-serving' }>): Promise<void> {
    switch (message.kind) {
      case 'submit':
        return this.#submit(message.id, new TransactionBatch(message.batch));
      case 'request': {
        const answer = await this.#answer(message);
        return this.#post({ kind: 'answer', id: message.id, answer });
      }
      case 'watch':
        return this.#watch(message.event, message.isWatched);
      case 'parked':
        this.#parked = message.connections;
        break;
      case 'log':
        return writeLog(this.#modules.logger, message);
    }
  }

  async #submit(id: number, batch: TransactionBatch): Promise<void> {
    const { joining, admit, logger } = this.#modules;
    const waits = joining();
    if (waits !== undefined) await waits;
    const { granted, error } = admit(batch.length);
    const refused = Array.from({ length: batch.length - granted }, (_, index) => {
      return { index: granted + index, error: error as unknown };
    });
    try {
      if (granted > 0) refused.push(...(await this.#take(batch.first(granted))));
    } catch (error) {
      for (let index = 0; index < granted; index++) refused.push({ index, error });
    }
    this.#post({
      kind: 'submitted',
      id,
      refused: refused.map(({ index, error }) => ({ index, error: toJsonRpcError(error, logger) })),
    });
  }

  async #take(batch: TransactionBatch): Promise<readonly Refusal[]> {
    const { chain, forwarder } = this.#modules;
    return forwarder()?.submit(batch) ?? chain.submitBatch(batch);
  }

  #answer(message: { readonly method: string; readonly params: readonly unknown[] }) {
    const forwarder = this.#modules.forwarder();
    if (forwarder === undefined || message.method === OWN_STATUS) {
      return answerRemote(message, this.#modules);
    }
    return forwarder.answer(message, this.#modules.logger);
  }

  /** So many threads for calls at most, from now on. */
  scale(workers: number): void {
    this.#post({ kind: 'workers', count: workers });
  }

  /** This instance follows no more. */
  promoted(): void {
    this.#post({ kind: 'role', isFollower: false });
  }

  #watch(event: WatchedEvent, isWatched: boolean): void {
    this.#watched.get(event)?.();
    this.#watched.delete(event);
    if (!isWatched) return;
    const { events } = this.#modules.chain;
    const stop =
      event === 'block'
        ? events.on('block', ({ block }) => {
            this.#postPending();
            this.#post({ kind: 'block', number: block.header.number });
          })
        : events.on('pendingTransaction', (transaction) => this.#gather(transaction));
    this.#watched.set(event, stop);
  }

  /** Those of one turn of the event loop travel together, and before the block that they are in. */
  #gather(transaction: Transaction): void {
    if (this.#pending.push(transaction) === 1) setImmediate(() => this.#postPending());
  }

  #postPending(): void {
    if (this.#pending.length === 0) return;
    const { bytes } = TransactionBatch.of(this.#pending);
    this.#pending = [];
    this.#post({ kind: 'pending', batch: bytes });
  }

  #post(message: ToIngress): void {
    this.#thread?.post(message);
  }
}
