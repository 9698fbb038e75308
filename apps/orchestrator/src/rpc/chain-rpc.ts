import { ApiError, ApiErrorCode } from '../errors.js';

export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

interface RpcAnswer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly code: number; readonly data?: unknown };
}

const TIMEOUT_MS = 5_000;

/**
 * Several calls in one batch; the answers in the order of the calls.
 * @throws ApiError `CHAIN_UNAVAILABLE` when the node does not answer, or answers one with an error
 */
export async function callNode(
  rpcUrl: string,
  calls: readonly RpcCall[],
  timeoutMs = TIMEOUT_MS,
): Promise<unknown[]> {
  if (calls.length === 0) return [];
  const body = calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }));
  const answers = await post(rpcUrl, body, timeoutMs);
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  return calls.map(({ method }, id) => {
    const answer = byId.get(id);
    if (answer === undefined || answer.error !== undefined) {
      throw unavailable(`the chain refused ${method}: ${answer?.error?.message ?? 'no answer'}`);
    }
    return answer.result;
  });
}

async function post(rpcUrl: string, body: unknown, timeoutMs: number): Promise<RpcAnswer[]> {
  try {
    const response = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = (await response.json()) as RpcAnswer[] | RpcAnswer;
    return Array.isArray(answer) ? answer : [answer];
  } catch (cause) {
    throw unavailable("the chain's process does not answer", cause);
  }
}

function unavailable(message: string, cause?: unknown): ApiError {
  return new ApiError(ApiErrorCode.ChainUnavailable, message, { cause, retryable: true });
}
