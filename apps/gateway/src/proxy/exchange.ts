import type {
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  ServerResponse,
} from 'node:http';
import { GatewayError, GatewayErrorCode } from '../errors.js';
import { BodyLimit } from './body-limit.js';
import { CORS_HEADERS, COST_HEADER, endToEndHeaders } from './headers.js';

export interface Answered {
  /** Microseconds of computing that the node says it took. */
  cost(micros: number): void;
  headers(headers: IncomingHttpHeaders): void;
}

/**
 * One request of a client and its upstream counterpart. Plain pipes and one listener for the client's departure:
 * this is the gateway's hot path, and `pipeline`, signals and transforms cost twice as much as all the rest.
 */
export class Exchange {
  readonly #cancel = new AbortController();
  #upstream: ClientRequest | undefined;
  /** The request's body, when it had to be read before it was known where it goes. */
  body: Buffer | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
  ) {
    response.once('close', () => {
      if (response.writableFinished) return;
      this.#cancel.abort();
      this.#upstream?.destroy();
    });
  }

  /** The client went away. */
  get cancelled(): AbortSignal {
    return this.#cancel.signal;
  }

  /** True when it is connected; until then nothing has been sent. */
  open(upstream: ClientRequest): Promise<boolean> {
    this.#upstream = upstream;
    return new Promise((resolve) => {
      upstream.once('error', () => resolve(false));
      upstream.once('socket', (socket) => {
        if (socket.connecting) socket.once('connect', () => resolve(true));
        else resolve(true);
      });
    });
  }

  /**
   * Sends the body upstream and the answer back, over what `open` connected.
   * @param answered gets what the node's answer says besides its body
   * @throws GatewayError `BODY_TOO_LARGE`, `UPSTREAM_FAILED`
   */
  run(maxBodyBytes: number, answered: Answered): Promise<void> {
    const { request, response } = this;
    const upstream = this.#upstream!;
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        upstream.destroy();
        if (response.headersSent) response.destroy();
        reject(error instanceof GatewayError ? error : lost(error));
      };
      upstream.on('error', fail);
      upstream.on('response', (answer) => {
        const cost = Number(answer.headers[COST_HEADER]);
        if (cost > 0) answered.cost(cost);
        answered.headers(answer.headers);
        response.writeHead(answer.statusCode ?? 502, {
          ...endToEndHeaders(answer.headers),
          ...CORS_HEADERS,
        });
        answer.on('error', fail);
        response.once('close', resolve);
        answer.pipe(response);
      });
      if (this.body !== undefined) {
        upstream.end(this.body);
        return;
      }
      // The parser lets no more through than was declared.
      const isBounded = request.headers['content-length'] !== undefined;
      const body = isBounded
        ? request
        : request.pipe(new BodyLimit(maxBodyBytes)).on('error', fail);
      body.pipe(upstream);
    });
  }
}

function lost(cause: Error): GatewayError {
  return new GatewayError(
    GatewayErrorCode.UpstreamFailed,
    'the chain closed the connection before it answered; ask again to learn what became of the request',
    { cause, retryable: true },
  );
}
