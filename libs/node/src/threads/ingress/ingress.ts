import { type Clock, sleep } from '@flotilla/common';
import type { NodeLimits } from '@flotilla/messaging';
import {
  type AskRemote,
  feedMethods,
  fromRemote,
  heavyMethods,
  lightMethods,
  methodTable,
  type RawJson,
  type RemoteAnswer,
  type RpcContext,
  RpcError,
  RpcErrorCode,
  type RpcMethod,
  RpcServer,
  type RpcServerOptions,
  slowMethods,
} from '@flotilla/rpc';
import { callLimits, serverLimits } from '../../limits/limits-of-parts.js';
import { Activity } from '../activity.js';
import type { CallJob, CallThreadOptions } from '../calls/run.js';
import { ChannelLogger } from '../channel-logger.js';
import { LoadGauge } from '../load-gauge.js';
import type { RecoveryOptions } from '../recovery/run.js';
import { SenderRecovery } from '../recovery/sender-recovery.js';
import type { Channel, SpawnThread, Thread } from '../thread.js';
import { ThreadPool } from '../thread-pool.js';
import { NICE } from '../thread-priority.js';
import { ViewFollower, type ViewOptions } from '../view-follower.js';
import { measuring } from './measuring.js';
import type { RefusedItem, ToIngress, ToWriter } from './messages.js';
import { noticing } from './noticing.js';
import { PendingReplies } from './pending-replies.js';
import { RelayedEvents } from './relayed-events.js';
import { routedMethods } from './routed-methods.js';
import { Submissions } from './submissions.js';

export interface IngressOptions {
  readonly view: ViewOptions;
  readonly rpc: Omit<RpcServerOptions, 'port' | 'banner' | 'head' | 'awaitBlock'>;
  /** Tried in order; 0 is any. */
  readonly ports: readonly number[];
  readonly clientVersion: string;
  /** Names of the methods that the writer answers. */
  readonly writerMethods: readonly string[];
  readonly isFollower: boolean;
  /** At most so many threads for calls and queries. */
  readonly callThreads: number;
  /** At most so many for reads that may take seconds. */
  readonly slowThreads: number;
  /** At most so many that recover the senders of transactions that come in batches. */
  readonly recoveryThreads: number;
  /** Memory of the node's `Activity`. */
  readonly activity: SharedArrayBuffer;
  /** Memory of the `LoadGauge`. */
  readonly load: SharedArrayBuffer;
}

export interface IngressModules {
  readonly channel: Channel;
  readonly spawn: SpawnThread;
  readonly clock: Clock;
}

/** What waits for a thread; more is refused. */
const MAX_WAITING_CALLS = 1024;
const MAX_WAITING_SLOW = 64;
const MAX_WAITING_RECOVERIES = 10_000;
/** As long as a call may run. */
const MAX_WAIT_MS = 5_000;
const THREAD_IDLE_MS = 60_000;
/** How long a read waits for a block that its client may have seen elsewhere. */
const MAX_BEHIND_MS = 3_000;
const BEHIND_POLL_MS = 2;

/** HTTP, WebSocket, JSON, light reads, signatures: what clients cost before the writer hears of it. */
export class Ingress {
  readonly #options: IngressOptions;
  readonly #channel: Channel;
  readonly #logger: ChannelLogger;
  readonly #follower: ViewFollower;
  readonly #calls: ThreadPool;
  readonly #slow: ThreadPool;
  readonly #recovery: ThreadPool;
  readonly #events: RelayedEvents;
  readonly #answers = new PendingReplies<RemoteAnswer>();
  readonly #submitted = new PendingReplies<readonly RefusedItem[]>();
  readonly #clock: Clock;
  readonly #senders: SenderRecovery;
  /** What threads for calls are started with. */
  #view: ViewOptions;
  #isFollower: boolean;
  #server: RpcServer | undefined;

  constructor(options: IngressOptions, modules: IngressModules) {
    const { channel, spawn, clock } = modules;
    this.#options = options;
    this.#isFollower = options.isFollower;
    this.#channel = channel;
    this.#clock = clock;
    this.#logger = new ChannelLogger(channel, { thread: 'ingress' });
    this.#follower = new ViewFollower(options.view, { clock, logger: this.#logger });
    const pool = (maxThreads: number, maxQueued: number, start: () => Thread) =>
      new ThreadPool(
        { maxThreads, maxQueued, maxWaitMs: MAX_WAIT_MS, idleMs: THREAD_IDLE_MS },
        { clock, logger: this.#logger, start },
      );
    this.#view = options.view;
    this.#calls = pool(options.callThreads, MAX_WAITING_CALLS, () =>
      spawn('calls', { ...this.#view, nice: 0 } satisfies CallThreadOptions),
    );
    this.#slow = pool(options.slowThreads, MAX_WAITING_SLOW, () =>
      spawn('calls', { ...this.#view, nice: NICE.slow } satisfies CallThreadOptions),
    );
    const chainId = BigInt(options.view.chain.chainId);
    this.#recovery = pool(options.recoveryThreads, MAX_WAITING_RECOVERIES, () =>
      spawn('recovery', { chainId } satisfies RecoveryOptions),
    );
    this.#senders = new SenderRecovery({ chainId }, { pool: this.#recovery, logger: this.#logger });
    this.#events = new RelayedEvents({
      view: this.#follower.view,
      follow: () => this.#follower.follow(),
      watch: (event, isWatched) => this.#post({ kind: 'watch', event, isWatched }),
    });
  }

  /** Serves on the first port that is free, and tells the writer which. */
  async start(): Promise<void> {
    let reason = '';
    for (const port of this.#options.ports) {
      const server = this.#createServer(port);
      try {
        await server.listen();
        this.#server = server;
        return this.#post({ kind: 'serving', port: server.port });
      } catch (error) {
        if (!(error instanceof RpcError) || error.code !== RpcErrorCode.StartFailed) throw error;
        reason = error.message;
      }
    }
    this.#post({ kind: 'not-serving', reason });
  }

  receive(message: Exclude<ToIngress, { kind: 'close' }>): void {
    switch (message.kind) {
      case 'answer':
        this.#answers.answer(message.id, message.answer);
        break;
      case 'submitted':
        this.#submitted.answer(message.id, message.refused);
        break;
      case 'block':
        this.#follower.follow();
        this.#events.block(message.number);
        break;
      case 'limits':
        this.#limit(message.limits);
        break;
      case 'workers':
        this.#calls.resize(message.count);
        break;
      case 'role':
        this.#isFollower = message.isFollower;
        break;
      case 'pending':
        this.#events.pending(message.batch);
        break;
    }
  }

  /** Answers what is under way, then ends the threads for calls. */
  async stop(): Promise<void> {
    const connections = (await this.#server?.close()) ?? {};
    this.#post({ kind: 'parked', connections });
    await Promise.all([this.#calls.close(), this.#slow.close(), this.#recovery.close()]);
    await this.#follower.close();
  }

  /** Calls under way end by the limits that they began with. */
  #limit(limits: NodeLimits): void {
    const { chain } = this.#view;
    this.#view = { ...this.#view, chain: { ...chain, calls: callLimits(limits) } };
    this.#calls.renew();
    this.#slow.renew();
    this.#server?.limit(serverLimits(limits));
  }

  #createServer(port: number): RpcServer {
    const { rpc, clientVersion, writerMethods } = this.#options;
    const { view } = this.#follower;
    const submissions = new Submissions({
      receive: (raws) => this.#senders.receive(raws),
      submit: (batch) =>
        this.#submitted.ask((id) =>
          this.#post({ kind: 'submit', id, batch: batch.bytes }, [
            batch.bytes.buffer as ArrayBuffer,
          ]),
        ),
      logger: this.#logger,
    });
    const routed = methodTable(
      routedMethods({
        light: this.#follower.following(lightMethods({ clientVersion }, view)),
        remote: [
          { names: heavyMethods(view).map(nameOf), ask: asking(this.#calls) },
          { names: slowMethods(view).map(nameOf), ask: asking(this.#slow) },
        ],
        askBlockwise: asking(this.#calls),
        writer: writerMethods,
        askWriter: (method, params, context) => this.#askWriter(method, params, context),
        submit: (raw) => submissions.submit(raw),
      }),
    );
    const activity = new Activity(this.#options.activity);
    const feeds = feedMethods({
      events: this.#events,
      clock: this.#clock,
      getLogs: routed.get('eth_getLogs')!,
    });
    return new RpcServer(
      {
        ...{ ...rpc, port, banner: () => this.#banner() },
        head: () => this.#head(),
        awaitBlock: (number) => this.#awaitBlock(number),
      },
      {
        methods: methodTable(
          measuring(
            noticing(
              [...routed.values(), ...feeds.map((feed) => this.#wherePolled(feed))],
              activity,
              this.#clock,
            ),
            new LoadGauge(this.#options.load),
            () => this.#calls.queued,
          ),
        ),
        logger: this.#logger,
        toldBlock: () => this.#events.told,
      },
    );
  }

  async #askWriter(
    method: string,
    params: readonly unknown[],
    context: RpcContext,
  ): Promise<RawJson> {
    return fromRemote(
      await this.#answers.ask((id) => this.#post({ kind: 'request', id, method, params })),
      context,
    );
  }

  /** A filter must be asked where it was made, and a follower's clients are served by others, too. */
  #wherePolled(feed: RpcMethod): RpcMethod {
    if (!feed.name.includes('Filter')) return feed;
    return {
      ...feed,
      handle: (params, context) =>
        this.#isFollower
          ? this.#askWriter(feed.name, params, context)
          : feed.handle(params, context),
    };
  }

  #head(): number {
    this.#follower.follow();
    return this.#follower.view.head().number;
  }

  async #awaitBlock(number: number): Promise<boolean> {
    const deadline = this.#clock.now() + MAX_BEHIND_MS;
    while (this.#head() < number) {
      if (this.#clock.now() >= deadline) return false;
      await sleep(this.#clock, BEHIND_POLL_MS);
    }
    return true;
  }

  #banner(): Record<string, unknown> {
    this.#follower.follow();
    const { view } = this.#follower;
    const { name, chainId } = view.identity;
    return { name, chainId, blockNumber: view.head().number };
  }

  #post(message: ToWriter, transfer?: readonly ArrayBuffer[]): void {
    this.#channel.post(message, transfer);
  }
}

const nameOf = ({ name }: RpcMethod) => name;

function asking(pool: ThreadPool): AskRemote {
  return async (method, params, context) => {
    const { client, deadline, isGone } = context;
    const job: CallJob = { method, params, deadline };
    const answer = await pool.run(job, { owner: client, deadline, isGone });
    return fromRemote(answer as RemoteAnswer, context);
  };
}
