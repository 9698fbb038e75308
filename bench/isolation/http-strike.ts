import type { Hex } from '@flotilla/common';
import { refusalsOf, sendBatchBody } from '../client/batch.js';
import { serializeRequest } from '../client/connection.js';
import { ConnectionPool } from '../client/connection-pool.js';
import type { HttpResponse } from '../client/http-response.js';
import type { Aim, Outcome, Target } from './channel.js';

const SERVED: Outcome = { kind: 'served', reason: '' };

interface CodedBody {
  readonly code?: string;
  readonly error?: { readonly code: number; readonly data?: { readonly code?: string } };
}

/** A problem document's code, or a JSON-RPC error's number and code. Undefined: refused, but nobody says why. */
function codeOf({ code, error }: CodedBody): string | undefined {
  if (error === undefined) return code;
  const name = error.data?.code;
  return name === undefined ? String(error.code) : `${error.code} ${name}`;
}

export function outcomeOf({ status, body }: HttpResponse): Outcome {
  if (status < 400 && !body.includes('"error"')) return SERVED;
  try {
    const code = codeOf(JSON.parse(body.toString()));
    if (code !== undefined) return { kind: 'refused', reason: code };
  } catch {
    // No JSON: no code.
  }
  return { kind: 'uncoded', reason: `HTTP ${status}` };
}

/** Sends attack requests over HTTP, to the attacked chain or to the sink. */
export class HttpStriker {
  readonly #pools: Readonly<Record<Aim, ConnectionPool>>;
  readonly #urls: Readonly<Record<Aim, URL>>;

  constructor({ url, sink }: Pick<Target, 'url' | 'sink'>) {
    this.#urls = { chain: new URL(url), sink: new URL(sink.httpUrl) };
    this.#pools = {
      chain: new ConnectionPool(this.#urls.chain),
      sink: new ConnectionPool(this.#urls.sink),
    };
  }

  async call(aim: Aim, method: string, params: readonly unknown[]): Promise<readonly Outcome[]> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    return [outcomeOf(await this.send(aim, serializeRequest(this.#urls[aim], body)))];
  }

  /** One batch of transactions; what became of each. */
  async transactions(aim: Aim, batch: readonly Hex[]): Promise<readonly Outcome[]> {
    const request = serializeRequest(this.#urls[aim], sendBatchBody(batch));
    const response = await this.send(aim, request);
    const outcomes = batch.map(() => SERVED);
    for (const { index, code, message } of refusalsOf(response, batch.length)) {
      const kind = message.startsWith('HTTP ') ? 'uncoded' : 'refused';
      outcomes[index] = { kind, reason: `${code}` };
    }
    return outcomes;
  }

  send(aim: Aim, request: Buffer): Promise<HttpResponse> {
    return this.#pools[aim].send(request);
  }

  close(): void {
    for (const pool of Object.values(this.#pools)) pool.close();
  }
}
