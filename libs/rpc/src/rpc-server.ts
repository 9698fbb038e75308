import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '@flotilla/common';
import { WebSocketServer } from 'ws';
import { ComputeBudget } from './cost.js';
import { type RequestCounters, RpcDispatcher } from './dispatcher.js';
import { RpcError, RpcErrorCode } from './errors.js';
import type { MethodTable } from './method.js';
import { CostReport } from './transport/cost-report.js';
import { HttpConnections } from './transport/http-connections.js';
import { HttpHandler } from './transport/http-handler.js';
import {
  CONNECTION_HEADER,
  connectionId,
  type ParkedConnections,
  type ParkedSubscription,
} from './transport/parking.js';
import { WsSession } from './transport/ws-session.js';

export interface RpcServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly maxBodyBytes?: number;
  readonly maxBatch?: number;
  readonly maxBatchMs?: number;
  readonly maxResponseChars?: number;
  readonly maxHeldChars?: number;
  readonly maxPending?: number;
  readonly maxConnections?: number;
  readonly maxSubscriptions?: number;
  readonly maxBufferedBytes?: number;
  readonly maxInFlight?: number;
  readonly pingIntervalMs?: number;
  /** Milliseconds of computing per second that all WebSockets without a gateway have together, and how many they save up; null: no limit. */
  readonly computeMsPerSecond?: number | null;
  readonly computeBurstMs?: number | null;
  /** Connections of the process before this one, which may come again. */
  readonly parked?: ParkedConnections;
  /** What a GET answers. */
  readonly banner?: () => Record<string, unknown>;
  /** Number of the newest block that reads see. */
  readonly head?: () => number;
  /** Resolves once reads see this block; false when that takes too long. */
  readonly awaitBlock?: (number: number) => Promise<boolean>;
}

export type ChangeableLimits = Pick<
  RpcServerOptions,
  'maxBatch' | 'maxSubscriptions' | 'maxInFlight' | 'computeMsPerSecond' | 'computeBurstMs'
>;
/** Of a chain that several processes serve. */
type Freshness = Pick<RpcServerOptions, 'head' | 'awaitBlock'>;

export interface RpcServerModules {
  readonly methods: MethodTable;
  readonly logger: Logger;
  /** The last block that subscriptions were told of: where they go on in the next process. */
  readonly toldBlock?: () => number;
}

export const RPC_DEFAULTS = {
  maxBodyBytes: 5 * 1024 * 1024,
  maxBatch: 1000,
  maxBatchMs: 20_000,
  maxResponseChars: 25_000_000,
  maxHeldChars: 64_000_000,
  maxPending: 10_000,
  maxConnections: 4096,
  maxSubscriptions: 256,
  maxBufferedBytes: 8 * 1024 * 1024,
  maxInFlight: 256,
  pingIntervalMs: 30_000,
  computeMsPerSecond: null,
  computeBurstMs: null,
  parked: {},
} as const;

/** Longer than common proxies keep a connection idle, so that they never write into one that closes. */
const KEEP_ALIVE_MS = 75_000;
/** Connections that a process remembers for the next one. */
const MAX_PARKED = 10_000;
/** Who has not come again by then won't. */
const COME_AGAIN_MS = 60_000;

/** JSON-RPC over HTTP and WebSocket on one port. */
export class RpcServer {
  readonly #options: {
    -readonly [Name in Exclude<
      keyof RpcServerOptions,
      keyof Freshness
    >]: Required<RpcServerOptions>[Name];
  } & Freshness;
  readonly #dispatcher: RpcDispatcher;
  readonly #http: Server;
  readonly #connections = new HttpConnections();
  readonly #webSockets: WebSocketServer;
  readonly #sessions = new Map<WsSession, string | undefined>();
  readonly #budget = new ComputeBudget();
  readonly #parked: Map<string, readonly ParkedSubscription[]>;
  #pingTimer: NodeJS.Timeout | undefined;
  #draining = false;
  #port = 0;
  #listeningSince = 0;

  constructor(
    options: RpcServerOptions,
    private readonly modules: RpcServerModules,
  ) {
    this.#options = { ...RPC_DEFAULTS, banner: () => ({ jsonrpc: '2.0' }), ...options };
    this.limit({});
    this.#parked = new Map(Object.entries(this.#options.parked));
    this.#dispatcher = new RpcDispatcher(this.#options, modules);
    const handler = new HttpHandler(this.#options, { dispatcher: this.#dispatcher });
    this.#http = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      if (!this.#connections.began(request, response)) return;
      if (this.#draining) response.setHeader('connection', 'close');
      handler.handle(request, response).catch((error: unknown) => {
        modules.logger.error('http exchange failed', { error: String(error) });
        response.destroy();
      });
    });
    this.#http.headersTimeout = 20_000;
    this.#http.requestTimeout = 60_000;
    this.#http.maxConnections = this.#options.maxConnections;
    this.#http.on('connection', (socket) => {
      socket.setNoDelay(true);
      this.#connections.opened(socket);
    });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#webSockets = new WebSocketServer({
      noServer: true,
      maxPayload: this.#options.maxBodyBytes,
      perMessageDeflate: false,
      clientTracking: false,
    });
  }

  /** Changes limits in place: what comes from now on is held to them. */
  limit(limits: ChangeableLimits): void {
    Object.assign(this.#options, limits);
    const { computeMsPerSecond, computeBurstMs } = this.#options;
    this.#budget.limit(computeMsPerSecond, computeBurstMs);
  }

  get counters(): Readonly<RequestCounters> {
    return this.#dispatcher.counters;
  }

  /** The port in use; only after `listen`. */
  get port(): number {
    return this.#port;
  }

  get httpUrl(): string {
    return `http://${this.#authority}`;
  }

  get wsUrl(): string {
    return `ws://${this.#authority}`;
  }

  get #authority(): string {
    const { host } = this.#options;
    return `${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }

  /** @throws RpcError `RPC_START_FAILED` when the port is taken or the address isn't ours */
  async listen(): Promise<void> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (cause) =>
        reject(
          new RpcError(RpcErrorCode.StartFailed, `can't listen on ${host}:${port}`, {
            cause,
            retryable: true,
          }),
        ),
      );
      this.#http.listen(port, host, 1024, resolve);
    });
    this.#port = (this.#http.address() as AddressInfo).port;
    this.#listeningSince = Date.now();
    this.#http.removeAllListeners('error');
    this.#http.on('error', (error) =>
      this.modules.logger.warn('rpc server error', { error: String(error) }),
    );
    this.#pingTimer = setInterval(() => {
      for (const session of this.#sessions.keys()) session.ping();
    }, this.#options.pingIntervalMs);
    this.#pingTimer.unref();
  }

  /**
   * Leaves connections on which nothing is asked, lets the others answer for up to `graceMs`, then cuts the rest off;
   * of a request that nobody has looked at the client learns so. Resolves with the connections that can go on with
   * another process.
   */
  async close(graceMs = 3_000): Promise<ParkedConnections> {
    this.#draining = true;
    clearInterval(this.#pingTimer);
    if (!this.#http.listening) return {};
    // Those that have not come again since the last time may still do so.
    const mayStillCome = Date.now() - this.#listeningSince < COME_AGAIN_MS;
    const parked = new Map(mayStillCome ? this.#parked : []);
    for (const [session, id] of this.#sessions) {
      if (id === undefined) session.close();
      else void session.park().then((subscriptions) => parked.set(id, subscriptions));
    }
    // That of HTTP would cut idle connections off, whatever is on its way to us.
    const stopListening = NetServer.prototype.close.bind(this.#http);
    const closed = new Promise<void>((resolve) => stopListening(() => resolve()));
    this.#connections.leave();
    const timer = setTimeout(() => {
      for (const session of this.#sessions.keys()) session.terminate();
      this.#http.closeAllConnections();
    }, graceMs);
    await closed;
    clearTimeout(timer);
    return Object.fromEntries([...parked].slice(-MAX_PARKED));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#connections.upgraded(request.socket);
    if (this.#draining) {
      socket.destroy();
      return;
    }
    socket.on('error', () => socket.destroy());
    const { modules } = this;
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const id = connectionId(request.headers[CONNECTION_HEADER]);
      const payer =
        id === undefined ? { budget: this.#budget } : { costs: new CostReport(webSocket) };
      const session = new WsSession(this.#options, {
        ...modules,
        dispatcher: this.#dispatcher,
        socket: webSocket,
        ...payer,
      });
      this.#sessions.set(session, id);
      webSocket.once('close', () => this.#sessions.delete(session));
      const parked = id === undefined ? undefined : this.#parked.get(id);
      if (id === undefined || parked === undefined) return;
      this.#parked.delete(id);
      void session.restore(parked);
    });
  }
}
