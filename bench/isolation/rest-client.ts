import { setTimeout as pause } from 'node:timers/promises';
import type { ProductAccess } from './channel.js';

/** What of a chain resource a flood needs to see. */
interface ChainAnswer {
  readonly status?: { readonly phase?: string };
}

export interface RestAnswer {
  readonly status: number;
  readonly body: ChainAnswer | undefined;
}

const TOO_MANY = 429;

/**
 * One call of the REST API with the attacker's key, for what happens between windows. The flood may have used up the key's
 * budget: then it waits as it is told to.
 */
export async function callRest(
  access: ProductAccess,
  method: string,
  path: string,
  content?: unknown,
): Promise<RestAnswer> {
  for (;;) {
    const response = await send(access, method, path, content);
    const text = await response.text();
    if (response.status === TOO_MANY) {
      await pause(1_000 * Number(response.headers.get('retry-after') ?? 1));
      continue;
    }
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }
}

function send(
  { apiUrl, key }: ProductAccess,
  method: string,
  path: string,
  content: unknown,
): Promise<Response> {
  return fetch(new URL(`/api/v1${path}`, apiUrl), {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: content === undefined ? undefined : JSON.stringify(content),
  });
}
