import { Connection } from './connection.js';
import type { HttpResponse } from './http-response.js';

/** Keep-alive connections with one request in flight on each; more of them when all are busy. */
export class ConnectionPool {
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();

  constructor(private readonly url: URL) {}

  /** @throws whatever the connection does: it is given up, and the next request takes another */
  async send(request: Buffer): Promise<HttpResponse> {
    const connection = this.#takeIdle() ?? (await this.#open());
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

  close(): void {
    for (const connection of this.#all) connection.close();
    this.#all.clear();
    this.#idle.length = 0;
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
