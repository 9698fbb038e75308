import type { Hex } from '@flotilla/common';
import type { HttpResponse } from './http-response.js';

export interface Refusal {
  /** Position in the batch. */
  readonly index: number;
  readonly code: number;
  readonly message: string;
}

/** The body of a batch of `eth_sendRawTransaction`; ids are positions. */
export function sendBatchBody(transactions: readonly Hex[]): string {
  const requests = transactions.map(
    (raw, id) =>
      `{"jsonrpc":"2.0","id":${id},"method":"eth_sendRawTransaction","params":["${raw}"]}`,
  );
  return `[${requests.join(',')}]`;
}

const ERROR = Buffer.from('"error"');

interface Answer {
  readonly id: number | null;
  readonly error?: { readonly code: number; readonly message: string };
}

/** What the server refused. A response without errors, the usual one, isn't parsed. */
export function refusalsOf({ status, body }: HttpResponse, size: number): Refusal[] {
  if (status === 200 && !body.includes(ERROR)) return [];
  const all = (code: number, message: string) =>
    Array.from({ length: size }, (_, index) => ({ index, code, message }));
  let parsed: Answer | Answer[];
  try {
    parsed = JSON.parse(body.toString());
  } catch {
    return all(status, `HTTP ${status}`);
  }
  if (!Array.isArray(parsed)) {
    return all(parsed.error?.code ?? status, parsed.error?.message ?? `HTTP ${status}`);
  }
  return parsed.flatMap(({ id, error }) =>
    error === undefined ? [] : [{ index: Number(id), code: error.code, message: error.message }],
  );
}

/** The server asks for patience, by geth's words or ours: nothing is wrong with the transaction. */
export function isBackPressure({ code, message }: Refusal): boolean {
  return (
    code === -32005 ||
    code === 429 ||
    code === 503 ||
    /txpool is full|pool is full|overflow|busy|too many|limit exceeded/i.test(message)
  );
}

export const isDuplicate = ({ message }: Refusal) =>
  /already known|already imported/i.test(message);
