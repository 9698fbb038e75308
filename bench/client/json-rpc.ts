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

async function post(url: URL, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json();
}

function resultOf({ result, error }: Answer): unknown {
  if (error !== undefined) throw new JsonRpcError(error.code, error.message);
  return result;
}

/** Everything but the load itself: set-up, watching, verifying. */
export class JsonRpc {
  constructor(readonly url: URL) {}

  async call<Result = unknown>(method: string, ...params: readonly unknown[]): Promise<Result> {
    return resultOf((await post(this.url, encode(1, method, params))) as Answer) as Result;
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
    )) as Answer[];
    const inOrder: Result[] = [];
    for (const answer of answers) inOrder[answer.id] = resultOf(answer) as Result;
    return inOrder;
  }
}
