import { ConnectionPool } from '../client/connection-pool.js';
import type { Aim, Outcome, ProductAccess, SinkAddress } from './channel.js';
import { outcomeOf } from './http-strike.js';

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/api/v1`. */
  readonly path: string;
  readonly body?: unknown;
}

/** Calls the REST API with the attacker's own key, or sends the same bytes to the sink. */
export class RestStriker {
  readonly #base: URL;
  readonly #pools: Readonly<Record<Aim, ConnectionPool>>;

  constructor(
    private readonly product: ProductAccess,
    sink: SinkAddress,
  ) {
    this.#base = new URL(product.apiUrl);
    this.#pools = {
      chain: new ConnectionPool(this.#base),
      sink: new ConnectionPool(new URL(sink.httpUrl)),
    };
  }

  async call(aim: Aim, request: RestRequest): Promise<Outcome> {
    return outcomeOf(await this.#pools[aim].send(this.#encode(request)));
  }

  close(): void {
    for (const pool of Object.values(this.#pools)) pool.close();
  }

  #encode({ method, path, body }: RestRequest): Buffer {
    const content = body === undefined ? '' : JSON.stringify(body);
    const head = [
      `${method} /api/v1${path} HTTP/1.1`,
      `host: ${this.#base.host}`,
      `authorization: Bearer ${this.product.key}`,
      ...(content === '' ? [] : ['content-type: application/json']),
      `content-length: ${content.length}`,
    ];
    return Buffer.from(`${head.join('\r\n')}\r\n\r\n${content}`);
  }
}
