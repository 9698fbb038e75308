import type { Logger } from '@flotilla/common';
import { AnswerBudget } from './answer-budget.js';
import { EXCHANGE_MICROS, measured } from './cost.js';
import { toJsonRpcError } from './error-mapper.js';
import {
  deadlineExceeded,
  invalidParams,
  limitExceeded,
  RpcError,
  RpcErrorCode,
} from './errors.js';
import {
  encodeResult,
  errorText,
  type IdText,
  type ParsedRequest,
  parseRequest,
  successText,
} from './json-rpc.js';
import type { MethodTable, RpcContext, RpcMethod } from './method.js';
import { rawIds } from './raw-ids.js';

export interface DispatcherOptions {
  /** Requests in one batch. */
  readonly maxBatch: number;
  /** Characters of all answers that are made and not yet written. */
  readonly maxHeldChars: number;
  /** Characters of one response body; a batch that grows past it answers the rest with an error. */
  readonly maxResponseChars: number;
  /** Requests that may be waiting at the same time, over all connections. */
  readonly maxPending: number;
  /** What a batch has not begun with by then is refused: a thousand heavy calls would take an hour. */
  readonly maxBatchMs: number;
}

export interface DispatcherModules {
  readonly methods: MethodTable;
  readonly logger: Logger;
}

/** Totals since the process started. */
export interface RequestCounters {
  requests: number;
  errors: number;
}

/** A batch gives the event loop back after this long, so that a heavy one doesn't stop the chain. */
const BATCH_SLICE_MS = 8;

/** Request text in, response text out; knows nothing of HTTP or WebSocket. */
export class RpcDispatcher {
  readonly counters: RequestCounters = { requests: 0, errors: 0 };
  readonly #budget: AnswerBudget;
  #pending = 0;

  constructor(
    readonly options: DispatcherOptions,
    private readonly modules: DispatcherModules,
  ) {
    this.#budget = new AnswerBudget(options.maxHeldChars);
  }

  /**
   * Answers by `write`, which gets the microseconds that it took, too, and resolves when the text is out of our hands or
   * its reader gone. Never rejects.
   */
  async exchange(
    text: string,
    context: RpcContext,
    write: (answer: string | undefined, costMicros: number) => Promise<void>,
  ): Promise<void> {
    const account = { held: 0 };
    const cost = { micros: EXCHANGE_MICROS };
    const answer = await this.dispatch(text, { ...context, account, cost });
    context.budget?.debit(cost);
    await write(answer, Math.ceil(cost.micros));
    this.#budget.release(account.held);
  }

  /** The response body, or undefined when there is nothing to answer (notifications only). Never rejects. */
  async dispatch(text: string, context: RpcContext): Promise<string | undefined> {
    let body: unknown;
    try {
      body = measured(context.cost, () => JSON.parse(text) as unknown);
    } catch {
      return this.refuse('null', new RpcError(RpcErrorCode.ParseError, 'parse error'));
    }
    let ids: (string | undefined)[] | undefined;
    const rawId = (index: number) => {
      ids ??= rawIds(text);
      return ids[index];
    };
    if (!Array.isArray(body))
      return this.#answer(
        parseRequest(body, () => rawId(0)),
        context,
      );
    if (body.length === 0) {
      return this.refuse('null', new RpcError(RpcErrorCode.InvalidRequest, 'empty batch'));
    }
    const requests = body.map((entry, index) => parseRequest(entry, () => rawId(index)));
    if (requests.length > this.options.maxBatch) return this.#refuseBatch(requests);
    return this.#answerBatch(requests, context);
  }

  /** The text of an error response; transports use it for what never becomes a request. */
  refuse(id: IdText, error: unknown): string {
    this.counters.errors++;
    return errorText(id, toJsonRpcError(error, this.modules.logger));
  }

  /** As geth: one error, under the id of the first call in the batch. */
  #refuseBatch(requests: readonly ParsedRequest[]): string {
    const first = requests.find((request) => request.kind === 'call');
    const data = { limit: 'batch' };
    const error = new RpcError(RpcErrorCode.BatchTooLarge, 'batch too large', { data });
    return `[${this.refuse(first?.kind === 'call' ? first.id : 'null', error)}]`;
  }

  async #answerBatch(
    requests: readonly ParsedRequest[],
    context: RpcContext,
  ): Promise<string | undefined> {
    const responses: (Promise<string | undefined> | string | undefined)[] = [];
    let barrier = 0;
    let chars = 0;
    const deadline = performance.now() + this.options.maxBatchMs;
    let sliceStart = performance.now();
    for (const request of requests) {
      if (context.isGone?.()) break;
      if (!this.#isConcurrent(request)) {
        for (; barrier < responses.length; barrier++) {
          const response = await responses[barrier];
          responses[barrier] = response;
          chars += response?.length ?? 0;
        }
      }
      const refusal = this.#refusalOfRest(chars, deadline);
      responses.push(
        refusal === undefined ? this.#answer(request, context) : this.#refuseRest(request, refusal),
      );
      if (performance.now() - sliceStart > BATCH_SLICE_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        sliceStart = performance.now();
      }
    }
    const texts = (await Promise.all(responses)).filter((text) => text !== undefined);
    return texts.length === 0 ? undefined : `[${texts.join(',')}]`;
  }

  /** Why a batch is not answered any further, if it isn't. */
  #refusalOfRest(chars: number, deadline: number): RpcError | undefined {
    if (chars > this.options.maxResponseChars) {
      return new RpcError(RpcErrorCode.ResponseTooLarge, 'response too large');
    }
    if (performance.now() < deadline) return undefined;
    return limitExceeded('limit exceeded: the batch takes too long');
  }

  #refuseRest(request: ParsedRequest, error: RpcError): string | undefined {
    return request.kind === 'notification' ? undefined : this.refuse(request.id, error);
  }

  #isConcurrent(request: ParsedRequest): boolean {
    return request.kind !== 'invalid' && this.#method(request.method)?.concurrent === true;
  }

  #method(name: string): RpcMethod | undefined {
    return this.modules.methods.get(name);
  }

  async #answer(request: ParsedRequest, context: RpcContext): Promise<string | undefined> {
    if (request.kind === 'invalid') {
      return this.refuse(request.id, new RpcError(RpcErrorCode.InvalidRequest, 'invalid request'));
    }
    this.counters.requests++;
    try {
      const result = await this.#call(request.method, request.params, context);
      if (request.kind === 'notification') return undefined;
      return this.#bounded(request.id, encodeResult(result), context);
    } catch (error) {
      if (request.kind === 'notification') return undefined;
      return this.refuse(request.id, error);
    }
  }

  #bounded(id: IdText, resultText: string, { account }: RpcContext): string {
    if (resultText.length > this.options.maxResponseChars) {
      throw new RpcError(RpcErrorCode.ResponseTooLarge, 'response too large');
    }
    if (account !== undefined) {
      if (!this.#budget.hold(resultText.length)) {
        const message = 'limit exceeded: too many answers wait to be read';
        throw new RpcError(RpcErrorCode.Busy, message, { retryable: true });
      }
      account.held += resultText.length;
    }
    return successText(id, resultText);
  }

  async #call(name: string, params: unknown, context: RpcContext): Promise<unknown> {
    const method = this.#method(name);
    if (method === undefined) {
      throw new RpcError(
        RpcErrorCode.MethodNotFound,
        `the method ${name.slice(0, 100)} does not exist/is not available`,
      );
    }
    if (this.#pending >= this.options.maxPending) {
      throw new RpcError(RpcErrorCode.Busy, 'limit exceeded: too many requests wait', {
        retryable: true,
      });
    }
    context.budget?.check();
    if (context.deadline !== undefined && Date.now() >= context.deadline) throw deadlineExceeded();
    this.#pending++;
    try {
      if (context.cost !== undefined) context.cost.micros += method.costMicros ?? 0;
      return await measured(context.cost, () => method.handle(positional(params), context));
    } finally {
      this.#pending--;
    }
  }
}

function positional(params: unknown): readonly unknown[] {
  if (params === undefined || params === null) return [];
  if (!Array.isArray(params)) throw invalidParams('non-array args');
  return params;
}
