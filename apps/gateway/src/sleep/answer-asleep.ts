import type { IncomingMessage } from 'node:http';
import type { Route } from '@flotilla/messaging';
import type { Exchange } from '../proxy/exchange.js';
import { answerPassive, MAX_PASSIVE_BYTES } from './passive-answers.js';

/**
 * Answers for a sleeping chain if that can be done without it; undefined if it must be woken. A short body is read for
 * that and kept in the exchange; a long one stays where it is.
 */
export async function answerAsleep(
  asleep: () => Route | undefined,
  exchange: Exchange,
): Promise<string | undefined> {
  const { request } = exchange;
  if (request.method === 'GET') return describe(asleep());
  if (!isShort(request)) return undefined;
  const body = await bodyOf(request);
  if (body === undefined) return undefined;
  exchange.body = body;
  // It may have woken while the body was on its way.
  const route = asleep();
  return route && answerPassive(body.toString('utf8'), route);
}

function describe(route: Route | undefined): string | undefined {
  if (route === undefined) return undefined;
  const { name, chainId, phase } = route;
  return JSON.stringify({ name, chainId, phase });
}

function isShort({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return length !== undefined && Number(length) <= MAX_PASSIVE_BYTES;
}

/** Undefined when the client went away before it had sent everything. */
function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve(undefined));
    request.on('close', () => resolve(undefined));
  });
}
