import type { FetchFunction } from '../rest/transport.js';

/** A refusal by the chain, or by what is on the way to it. */
export class SendRefusal extends Error {
  constructor(
    /** Flotilla's code where the answer has one, else JSON-RPC's number or `HTTP 502`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Answer {
  readonly result?: unknown;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: { readonly code?: unknown } | string;
  };
}

export type RpcCall = <Result>(method: string, ...params: readonly unknown[]) => Promise<Result>;

/**
 * One request per call, without a cache or a batch between: for measuring.
 * @param authorization the header's value, for a chain that wants a key
 * @throws SendRefusal
 */
export function rpcEndpoint(
  url: string,
  authorization?: string,
  fetch: FetchFunction = globalThis.fetch,
): RpcCall {
  const headers = {
    'content-type': 'application/json',
    ...(authorization === undefined ? {} : { authorization }),
  };
  return async <Result>(method: string, ...params: readonly unknown[]) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    let answer: Answer;
    let status = 0;
    try {
      const response = await fetch(url, { method: 'POST', headers, body });
      status = response.status;
      answer = (await response.json()) as Answer;
    } catch (error) {
      throw new SendRefusal(status === 0 ? 'UNREACHABLE' : `HTTP ${status}`, String(error));
    }
    const { error, result } = answer;
    if (error === undefined) return result as Result;
    const own = typeof error.data === 'object' ? error.data?.code : undefined;
    throw new SendRefusal(typeof own === 'string' ? own : String(error.code), error.message);
  };
}
