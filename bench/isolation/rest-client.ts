import type { ProductAccess } from './channel.js';

/** What of a chain resource a flood needs to see. */
interface ChainAnswer {
  readonly status?: { readonly phase?: string };
}

export interface RestAnswer {
  readonly status: number;
  readonly body: ChainAnswer | undefined;
}

/** One call of the REST API with the attacker's key, for what happens between windows. */
export async function callRest(
  { apiUrl, key }: ProductAccess,
  method: string,
  path: string,
  content?: unknown,
): Promise<RestAnswer> {
  const response = await fetch(new URL(`/api/v1${path}`, apiUrl), {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: content === undefined ? undefined : JSON.stringify(content),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}
