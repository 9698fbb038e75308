import type { Stack } from '../../test/stack.js';

export interface Asked {
  readonly ms: number;
  /** What it was refused with; undefined for an answer. */
  readonly code: string | undefined;
}

interface Answer {
  readonly error?: { readonly code: number; readonly data?: { readonly code?: string } };
}

/** A read that a sleeping chain can't be spared, as somebody with this key asks it. */
export async function askBalance(stack: Stack, chain: string, key?: string): Promise<Asked> {
  const askedAt = performance.now();
  const response = await fetch(stack.rpcUrl(chain), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_getBalance',
      params: [`0x${'01'.repeat(20)}`, 'latest'],
    }),
  });
  const { error } = (await response.json()) as Answer;
  const ms = performance.now() - askedAt;
  return { ms, code: error && (error.data?.code ?? String(error.code)) };
}
