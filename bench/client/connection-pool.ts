import { Connection } from './connection.js';
import type { HttpResponse } from './http-response.js';

/** Keep-alive connections with one request in flight on each; more of them when all are busy. */
export class ConnectionPool {
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();

  constructor(private readonly url: URL) {}

  /**
   * A server may close an idle connection in the very moment in which it is used again: the request then goes over a new
   * one, once (RFC 9112, section 9.3.1).
   *
   * @throws whatever a new connection does
   */
  async send(request: Buffer): Promise<HttpResponse> {
    const idle = this.#takeIdle();
    if (idle !== undefined) {
      try {
        return await this.#sendOver(idle, request);
      } catch {
        // Below.
      }
    }
    return this.#sendOver(await this.#open(), request);
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
      else this.#idle.push(connection);
      return response;
    } catch (error) {
      this.#drop(connection);
      throw error;
    }
  }

  #takeIdle(): Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined || connection.isOpen) return connection;
      this.#drop(connection);
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
