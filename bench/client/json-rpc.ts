import { ChainStalled } from './chain-stalled.js';

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export class JsonRpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(`${message} (${code})`);
  }
}

const encode = (id: number, method: string, params: readonly unknown[]) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});

/** Nothing that is asked here takes a node that is well so long. */
const TIMEOUT_MS = 20_000;

async function post(url: URL, body: unknown, timeoutMs: number): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return await response.json();
  } catch (cause) {
    const isTimeout = (cause as Error).name === 'TimeoutError';
    const reason = isTimeout ? `no answer for ${timeoutMs / 1_000} s` : 'no connection';
    throw new ChainStalled(reason, { cause });
  }
}

function resultOf({ result, error }: Answer): unknown {
  if (error !== undefined) throw new JsonRpcError(error.code, error.message);
  return result;
}

/** Everything but the load itself: set-up, watching, verifying. Whatever takes too long throws `ChainStalled`. */
export class JsonRpc {
  constructor(
    readonly url: URL,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  async call<Result = unknown>(method: string, ...params: readonly unknown[]): Promise<Result> {
    return resultOf(
      (await post(this.url, encode(1, method, params), this.timeoutMs)) as Answer,
    ) as Result;
  }

  /** One method with many arguments; results in the order of the arguments. */
  async batch<Result = unknown>(
    method: string,
    params: readonly (readonly unknown[])[],
  ): Promise<Result[]> {
    if (params.length === 0) return [];
    const answers = (await post(
      this.url,
      params.map((each, id) => encode(id, method, each)),
      this.timeoutMs,
    )) as Answer[];
    const inOrder: Result[] = [];
    for (const answer of answers) inOrder[answer.id] = resultOf(answer) as Result;
    return inOrder;
  }
}
