import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { GatewayError, GatewayErrorCode } from '../errors.js';
import { within } from './body-limit.js';
import { CORS_HEADERS, COST_HEADER, endToEndHeaders } from './headers.js';

export interface Answered {
  /** Microseconds of computing that the node says it took. */
  cost(micros: number): void;
  headers(headers: IncomingHttpHeaders): void;
}

/** What goes upstream when the exchange does. */
export type Send = (
  request: { readonly method: string; readonly body: Buffer | Readable | null },
  handler: Dispatcher.DispatchHandler,
) => void;

/** A body up to this length is kept until its request is answered, so that it can be sent again. */
const KEPT_BYTES = 64 * 1024;
/** RFC 9110, section 15.5.9: with it a chain's process that is leaving says that it has not looked at the request. */
const NOT_LOOKED_AT = 408;
/** What undici refuses to send. */
const UNSENDABLE = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);

/** One request of a client and its upstream counterpart. */
export class Exchange {
  readonly #cancel = new AbortController();
  #passing: Passing | undefined;
  #body: Buffer | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
  ) {
    response.once('close', () => {
      if (response.writableFinished) return;
      const departure = lost(new Error('the client went away'));
      this.#cancel.abort(departure);
      this.#passing?.cancel(departure);
    });
  }

  /** The client went away, or waits no longer. */
  get cancelled(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Waits for the chain no longer; an answer that has begun goes on. What is under way fails with that error. */
  giveUp(error: GatewayError): void {
    if (this.response.headersSent) return;
    this.#cancel.abort(error);
    this.#passing?.cancel(error);
  }

  /**
   * Reads a body of at most so many bytes whole, once; a longer one stays where it is. Undefined then, and when nobody
   * waits any longer before everything has come.
   */
  async readShort(maxBytes = KEPT_BYTES): Promise<Buffer | undefined> {
    const declared = Number(this.request.headers['content-length'] ?? 0);
    if (declared <= maxBytes)
      this.#body ??= await shortBody(this.request, maxBytes, this.cancelled);
    return this.#body;
  }

  /**
   * Sends the request upstream and the answer back.
   * @param answered gets what the node's answer says besides its body
   * @returns false when nobody has looked at the request, which may then be passed on once more
   * @throws GatewayError `BODY_TOO_LARGE`, `MALFORMED_REQUEST`, `UPSTREAM_FAILED`
   */
  pass(maxBodyBytes: number, send: Send, answered: Answered): Promise<boolean> {
    const { request, response } = this;
    const { method = 'POST' } = request;
    const isStreamed = method === 'POST' && this.#body === undefined;
    const body = isStreamed
      ? Readable.from(within(request, maxBodyBytes), { objectMode: false })
      : (this.#body ?? null);
    return new Promise((resolve, reject) => {
      this.#passing = new Passing(response, answered, { isStreamed, resolve, reject });
      send({ method, body }, this.#passing);
    });
  }
}

interface Settling {
  /** What has been sent of the request is gone. */
  readonly isStreamed: boolean;
  readonly resolve: (isAnswered: boolean) => void;
  readonly reject: (error: GatewayError) => void;
}

/** One attempt to have a request answered. No pipes: this is the gateway's hot path. */
class Passing implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #departure: GatewayError | undefined;
  #isUnserved = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly answered: Answered,
    private readonly settling: Settling,
  ) {}

  /** Nobody waits for it any more. */
  cancel(departure: GatewayError): void {
    this.#departure = departure;
    this.#controller?.abort(departure);
    this.settling.reject(departure);
  }

  /** There is a connection; until then nothing has been sent. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#departure !== undefined) controller.abort(this.#departure);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    const { response, answered } = this;
    this.#isUnserved = status === NOT_LOOKED_AT;
    if (this.#isUnserved) return;
    const cost = Number(headers[COST_HEADER]);
    if (cost > 0) answered.cost(cost);
    answered.headers(headers);
    response.writeHead(status, { ...endToEndHeaders(headers), ...CORS_HEADERS });
    response.once('close', () => this.settling.resolve(true));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isUnserved || this.response.write(chunk)) return;
    controller.pause();
    this.response.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    if (this.#isUnserved) this.#unserved(new Error('the process that should answer is leaving'));
    else this.response.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const { response, settling } = this;
    if (response.headersSent) response.destroy();
    if (error instanceof GatewayError) settling.reject(error);
    else if (UNSENDABLE.has((error as NodeJS.ErrnoException).code ?? '')) {
      settling.reject(new GatewayError(GatewayErrorCode.MalformedRequest, error.message));
    } else if (this.#controller === undefined) settling.resolve(false);
    else settling.reject(lost(error));
  }

  #unserved(cause: Error): void {
    if (this.settling.isStreamed) this.settling.reject(lost(cause));
    else this.settling.resolve(false);
  }
}

/** Undefined when it is longer, which leaves it as it was, or nobody waits any longer before everything has come. */
function shortBody(
  request: IncomingMessage,
  maxBytes: number,
  cancelled: AbortSignal,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    if (request.destroyed || cancelled.aborted) return resolve(undefined);
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (body: Buffer | undefined) => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      cancelled.removeEventListener('abort', onGone);
      resolve(body);
    };
    const onGone = () => settle(undefined);
    const onEnd = () => settle(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes <= maxBytes) return;
      request.pause();
      settle(undefined);
      request.unshift(Buffer.concat(chunks));
    };
    cancelled.addEventListener('abort', onGone);
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
    // Whoever looked before and found it too long has stopped it.
    request.resume();
  });
}

function lost(cause: Error): GatewayError {
  return new GatewayError(
    GatewayErrorCode.UpstreamFailed,
    'the chain closed the connection before it answered; ask again to learn what became of the request',
    { cause, retryable: true },
  );
}
