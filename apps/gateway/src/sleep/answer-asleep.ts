import type { Route } from '@flotilla/messaging';
import type { Exchange } from '../proxy/exchange.js';
import { answerPassive, MAX_PASSIVE_BYTES } from './passive-answers.js';

/** Answers for a sleeping chain if that can be done without it; undefined if it must be woken. */
export async function answerAsleep(
  asleep: () => Route | undefined,
  exchange: Exchange,
): Promise<string | undefined> {
  if (exchange.request.method === 'GET') return describe(asleep());
  const body = await exchange.readShort();
  if (body === undefined || body.length > MAX_PASSIVE_BYTES) return undefined;
  // It may have woken while the body was on its way.
  const route = asleep();
  return route && answerPassive(body.toString('utf8'), route);
}

function describe(route: Route | undefined): string | undefined {
  if (route === undefined) return undefined;
  const { name, chainId, phase } = route;
  return JSON.stringify({ name, chainId, phase });
}
