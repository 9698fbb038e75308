import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { RpcDispatcher } from '../dispatcher.js';
import { RpcError, RpcErrorCode } from '../errors.js';
import type { RpcContext } from '../method.js';
import { Turns } from './turns.js';

export interface HttpHandlerOptions {
  /** Bytes of one request body. */
  readonly maxBodyBytes: number;
  /** What a GET answers: enough for a health check or a curious person. */
  readonly banner: () => Record<string, unknown>;
  /** Number of the newest block that reads see; told with each answer. */
  readonly head?: () => number;
  /** Resolves once reads see this block, or it has taken too long: then false. */
  readonly awaitBlock?: (number: number) => Promise<boolean>;
}

/** Milliseconds that are left for the request. */
const DEADLINE_HEADER = 'flotilla-deadline-ms';
/** The same in Unix milliseconds: this process may have stood still since the request arrived. */
const DEADLINE_AT_HEADER = 'flotilla-deadline-at';
/** Whose request it is, said by the gateway. */
const CLIENT_HEADER = 'flotilla-client';
/** Microseconds of computing that the answer took. */
const COST_HEADER = 'flotilla-cost';
/** Of an answer to a request that has the other one: the newest block that it may speak of. */
export const BLOCK_HEADER = 'flotilla-block';
/** Of a request: the block that its answer must at least know. */
export const MIN_BLOCK_HEADER = 'flotilla-min-block';

const TOO_LARGE = Symbol('body too large');

/** Characters from which on a body, a batch most likely, lets shorter ones go first. */
const LONG_BODY = 4096;

/** One JSON-RPC exchange per POST. CORS is open: browsers' dApps are the users. */
export class HttpHandler {
  readonly #turns = new Turns();

  constructor(
    private readonly options: HttpHandlerOptions,
    private readonly modules: { readonly dispatcher: RpcDispatcher },
  ) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('access-control-allow-origin', '*');
    switch (request.method) {
      case 'POST':
        return this.#post(request, response);
      case 'OPTIONS':
        return preflight(request, response);
      case 'GET':
      case 'HEAD':
        return send(response, 200, JSON.stringify(this.options.banner()));
      default:
        response.setHeader('allow', 'POST, GET, OPTIONS');
        return send(
          response,
          405,
          this.#refusal(RpcErrorCode.InvalidRequest, 'method not allowed'),
        );
    }
  }

  async #post(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrivedAt = Date.now();
    const body = await this.#body(request);
    if (body === undefined) return;
    if (body === TOO_LARGE) {
      // The rest of the body is never read, so this connection can't carry another request.
      response.setHeader('connection', 'close');
      const message = `content length too large (limit ${this.options.maxBodyBytes} bytes)`;
      send(response, 413, this.#refusal(RpcErrorCode.BodyTooLarge, message));
      response.once('finish', () => request.destroy());
      return;
    }
    // Sixteen batches that arrive at once are twenty milliseconds of work, which a read needn't wait for.
    if (body.length > LONG_BODY) await this.#turns.next();
    const { headers, socket } = request;
    const { head } = this.options;
    const minBlock = headers[MIN_BLOCK_HEADER];
    const isShared = minBlock !== undefined && head !== undefined;
    if (isShared && !(await this.#isFresh(Number(minBlock)))) {
      const refusal = 'this replica has not come to the newest block yet, try again';
      return send(response, 503, this.#refusal(RpcErrorCode.Busy, refusal));
    }
    const context: RpcContext = {
      isGone: () => response.destroyed,
      client: headers[CLIENT_HEADER] ?? socket,
      deadline: deadlineOf(headers, arrivedAt),
    };
    await this.modules.dispatcher.exchange(body, context, (answer, costMicros) => {
      response.setHeader(COST_HEADER, costMicros);
      if (isShared) response.setHeader(BLOCK_HEADER, head());
      return sent(response, answer ?? '');
    });
  }

  async #isFresh(wanted: number): Promise<boolean> {
    const { head, awaitBlock } = this.options;
    if (awaitBlock === undefined || head === undefined || !(wanted > head())) return true;
    return awaitBlock(wanted);
  }

  #refusal(code: RpcErrorCode, message: string): string {
    return this.modules.dispatcher.refuse('null', new RpcError(code, message));
  }

  /** Undefined when the client went away before it had sent everything. */
  #body(request: IncomingMessage): Promise<string | typeof TOO_LARGE | undefined> {
    const limit = this.options.maxBodyBytes;
    if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve(TOO_LARGE);
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let size = 0;
      request.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= limit) chunks.push(chunk);
        else {
          request.pause();
          request.removeAllListeners('data');
          resolve(TOO_LARGE);
        }
      });
      request.on('end', () => resolve(Buffer.concat(chunks, size).toString('utf8')));
      request.on('close', () => resolve(undefined));
      request.on('error', () => resolve(undefined));
    });
  }
}

/** Unix milliseconds; undefined without a deadline. */
function deadlineOf(headers: IncomingHttpHeaders, arrivedAt: number): number | undefined {
  const { [DEADLINE_AT_HEADER]: at, [DEADLINE_HEADER]: left } = headers;
  if (at !== undefined) return Number(at);
  return Number(left) > 0 ? arrivedAt + Number(left) : undefined;
}

function preflight(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('access-control-allow-methods', 'POST, GET, OPTIONS');
  response.setHeader(
    'access-control-allow-headers',
    request.headers['access-control-request-headers'] ?? 'content-type, authorization',
  );
  response.setHeader('access-control-max-age', '86400');
  response.writeHead(204).end();
}

/** Resolves when the operating system has the answer, or the client has gone. */
function sent(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.once('finish', resolve);
    send(response, 200, text);
  });
}

function send(response: ServerResponse, status: number, text: string): void {
  if (response.destroyed || response.headersSent) return;
  const body = Buffer.from(text);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
  });
  response.end(body);
}
