import type { Socket } from 'node:net';
import type { Clock } from '@flotilla/common';
import { Connection } from './connection.js';

export interface ConnectionOptions {
  /** Sockets that have not said yet what they want; past it the oldest of them ends. */
  readonly maxStrangers: number;
  /** Sockets of one address over all chains. */
  readonly maxPerAddress: number;
  /** A client that we wait for and that has moved less than `minBytes` for so long is cut off. */
  readonly stallMs: number;
  readonly minBytes: number;
}

export const CONNECTION_DEFAULTS: ConnectionOptions = {
  maxStrangers: 1_024,
  maxPerAddress: 4_096,
  stallMs: 15_000,
  minBytes: 4_096,
};

/** Whose socket it is to be, and how many such there may be. */
export interface Claim {
  readonly chain: string;
  readonly client: string;
  readonly max: number;
  readonly maxPerClient: number;
}

/** Every client's socket: whose it is, whether it is in use, and whether it still moves. */
export class ConnectionTable {
  readonly #all = new Map<Socket, Connection>();
  readonly #strangers = new Set<Connection>();
  readonly #byChain = new Map<string, Set<Connection>>();
  readonly #byAddress = new Map<string, number>();

  constructor(
    private readonly options: ConnectionOptions,
    private readonly modules: { readonly clock: Clock },
  ) {}

  opened(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const ofAddress = this.#byAddress.get(address) ?? 0;
    if (ofAddress >= this.options.maxPerAddress) {
      socket.destroy();
      return;
    }
    this.#byAddress.set(address, ofAddress + 1);
    const connection = new Connection(socket, address);
    this.#all.set(socket, connection);
    this.#strangers.add(connection);
    if (this.#strangers.size > this.options.maxStrangers) first(this.#strangers)?.socket.destroy();
    socket.once('close', () => this.#closed(connection));
  }

  /** Undefined for a socket that was closed meanwhile. */
  of(socket: Socket): Connection | undefined {
    return this.#all.get(socket);
  }

  /**
   * The connection asks that chain from now on. To make room, the one of the chain that has been idle for longest ends.
   * False when all of the chain's (or of the client's share of them) are in use.
   */
  claim(connection: Connection, { chain, client, max, maxPerClient }: Claim): boolean {
    if (connection.chain === chain && connection.client === client) return true;
    const peers = this.#byChain.get(chain) ?? new Set();
    this.#leave(connection);
    connection.chain = undefined;
    if (peers.size >= max && !endIdle(peers)) return false;
    if (maxPerClient < max) {
      const own = [...peers].filter((peer) => peer.client === client);
      if (own.length >= maxPerClient && !endIdle(own)) return false;
    }
    connection.chain = chain;
    connection.client = client;
    peers.add(connection);
    this.#byChain.set(chain, peers);
    return true;
  }

  /** Cuts off clients that neither read nor send what we wait for. To be called every second or so. */
  sweep(): void {
    const now = this.modules.clock.now();
    const { stallMs, minBytes } = this.options;
    for (const connection of this.#all.values()) {
      // Nor shall the kernel keep for them what they didn't read.
      if (connection.isStalled(now, stallMs, minBytes)) connection.socket.resetAndDestroy();
    }
  }

  #closed(connection: Connection): void {
    this.#leave(connection);
    this.#all.delete(connection.socket);
    const left = (this.#byAddress.get(connection.address) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(connection.address);
    else this.#byAddress.set(connection.address, left);
  }

  #leave(connection: Connection): void {
    this.#strangers.delete(connection);
    if (connection.chain === undefined) return;
    const peers = this.#byChain.get(connection.chain);
    peers?.delete(connection);
    if (peers?.size === 0) this.#byChain.delete(connection.chain);
  }
}

function first<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}

function endIdle(peers: Iterable<Connection>): boolean {
  for (const peer of peers) {
    if (peer.isBusy || peer.socket.destroyed) continue;
    peer.socket.destroy();
    return true;
  }
  return false;
}
