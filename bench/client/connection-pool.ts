import { Connection } from './connection.js';
import type { HttpResponse } from './http-response.js';

/** A server may close what has been idle for so long at the moment in which it is used again. */
const STALE_MS = 2_000;

interface Idle {
  readonly connection: Connection;
  readonly since: number;
}

/** Keep-alive connections with one request in flight on each; more of them when all are busy. */
export class ConnectionPool {
  readonly #idle: Idle[] = [];
  readonly #all = new Set<Connection>();

  constructor(private readonly url: URL) {}

  /** @throws whatever the connection does: it is given up, and the next request takes another */
  async send(request: Buffer): Promise<HttpResponse> {
    const idle = this.#takeIdle();
    if (idle === undefined) return this.#sendOver(await this.#open(), request);
    const isStale = performance.now() - idle.since > STALE_MS;
    try {
      return await this.#sendOver(idle.connection, request);
    } catch (error) {
      if (!isStale) throw error;
      return this.#sendOver(await this.#open(), request);
    }
  }

  close(): void {
    for (const connection of this.#all) connection.close();
    this.#all.clear();
    this.#idle.length = 0;
  }

  async #sendOver(connection: Connection, request: Buffer): Promise<HttpResponse> {
    try {
      const response = await connection.send(request);
      if (response.closes) this.#drop(connection);
      else this.#idle.push({ connection, since: performance.now() });
      return response;
    } catch (error) {
      this.#drop(connection);
      throw error;
    }
  }

  #takeIdle(): Idle | undefined {
    for (;;) {
      const idle = this.#idle.pop();
      if (idle === undefined || idle.connection.isOpen) return idle;
      this.#drop(idle.connection);
    }
  }

  #drop(connection: Connection): void {
    this.#all.delete(connection);
    connection.close();
  }

  async #open(): Promise<Connection> {
    const connection = await Connection.open(this.url);
    this.#all.add(connection);
    return connection;
  }
}
