import type { Blockchain, TransactionBatch } from '@flotilla/chain';
import { bytesToHex, type Clock, type Logger, sleep } from '@flotilla/common';
import {
  AnsweredError,
  BLOCK_HEADER,
  type JsonRpcErrorObject,
  MIN_BLOCK_HEADER,
  type RemoteAnswer,
  RpcError,
  RpcErrorCode,
  toJsonRpcError,
} from '@flotilla/rpc';
import type { ProducerLink } from './producer-link.js';

export interface ForwarderModules {
  /** Where the producer answers JSON-RPC; undefined while nobody produces. */
  readonly producerUrl: () => string | undefined;
  readonly link: ProducerLink;
  readonly chain: Pick<Blockchain, 'head'>;
  readonly clock: Clock;
}

interface Outcome {
  readonly result?: unknown;
  readonly error?: JsonRpcErrorObject;
}

/** Of the producer's answer: microseconds of computing. */
const COST_HEADER = 'flotilla-cost';
const TIMEOUT_MS = 30_000;
const CATCH_UP_MS = 5_000;
const POLL_MS = 2;

/**
 * A follower's way to the producer for what only the producer can do. It answers once the follower shows what the
 * answer speaks of: whoever has sent a transaction finds its receipt here.
 */
export class Forwarder {
  constructor(private readonly modules: ForwarderModules) {}

  /** As `answerRemote`, by the producer. Never rejects. */
  async answer(
    call: { readonly method: string; readonly params: readonly unknown[] },
    logger: Logger,
  ): Promise<RemoteAnswer> {
    try {
      const { outcomes, micros } = await this.#batch([call]);
      const [{ result = null, error }] = outcomes;
      return error === undefined ? { text: JSON.stringify(result), micros } : { error, micros };
    } catch (error) {
      return { error: toJsonRpcError(error, logger), micros: 0 };
    }
  }

  /** As `submitBatch`, by the producer: resolves with those that it refused. @throws RpcError `SERVER_BUSY` */
  async submit(batch: TransactionBatch): Promise<{ index: number; error: unknown }[]> {
    const calls = Array.from({ length: batch.length }, (_, index) => ({
      method: 'eth_sendRawTransaction',
      params: [bytesToHex(batch.raw(index))],
    }));
    const { outcomes } = await this.#batch(calls);
    return outcomes.flatMap(({ error }, index) =>
      error === undefined ? [] : [{ index, error: new AnsweredError(error) }],
    );
  }

  /** One exchange; outcomes in the order of the calls. @throws RpcError `SERVER_BUSY` */
  async #batch(
    calls: readonly { readonly method: string; readonly params: readonly unknown[] }[],
  ): Promise<{ readonly outcomes: readonly Outcome[]; readonly micros: number }> {
    const { link, producerUrl } = this.modules;
    const url = producerUrl();
    if (url === undefined) throw away();
    const body = calls.map(({ method, params }, id) => ({ jsonrpc: '2.0', id, method, params }));
    const answer = await link
      .post({
        url,
        body: JSON.stringify(body),
        headers: { [MIN_BLOCK_HEADER]: '0' },
        timeoutMs: TIMEOUT_MS,
      })
      .catch((cause: unknown) => {
        throw away(cause);
      });
    const answered: unknown = parse(answer.text);
    if (!Array.isArray(answered)) throw away();
    await this.#caughtUp(Number(answer.headers[BLOCK_HEADER] ?? 0));
    const byId = new Map(answered.map((each: Outcome & { id: number }) => [each.id, each]));
    const outcomes = calls.map((_, id) => {
      const outcome = byId.get(id);
      // No answer to one of the calls is no consent.
      if (outcome === undefined) throw away();
      return outcome;
    });
    return { outcomes, micros: Number(answer.headers[COST_HEADER] ?? 0) };
  }

  async #caughtUp(block: number): Promise<void> {
    const { chain, clock } = this.modules;
    const deadline = clock.now() + CATCH_UP_MS;
    while (chain.head().number < block && clock.now() < deadline) await sleep(clock, POLL_MS);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function away(cause?: unknown): RpcError {
  return new RpcError(RpcErrorCode.Busy, 'the producer does not answer right now, try again', {
    cause,
    retryable: true,
  });
}
