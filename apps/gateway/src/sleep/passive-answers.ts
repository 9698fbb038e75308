import { passiveAnswer, type SleepingRoute } from '@flotilla/messaging';

/** Longer requests ask for more than that. */
export const MAX_PASSIVE_BYTES = 4_096;

/** As a chain's node says it. */
const failure = (number: number, code: string, message: string) =>
  JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: number, message, data: { code } } });
const invalid = (message: string) => failure(-32600, 'INVALID_REQUEST', message);

/**
 * The answer to a request body that a sleeping chain's last known state is enough for; undefined when the chain is
 * needed for any part of it. What is no JSON-RPC is answered, too: it wakes nobody.
 */
export function answerPassive(text: string, route: SleepingRoute): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return failure(-32700, 'PARSE_ERROR', 'parse error');
  }
  if (!Array.isArray(body)) return answerOne(body, route);
  if (body.length === 0) return invalid('empty batch');
  const answers: string[] = [];
  for (const request of body) {
    const answer = answerOne(request, route);
    if (answer === undefined) return undefined;
    answers.push(answer);
  }
  return `[${answers.join(',')}]`;
}

function answerOne(request: unknown, route: SleepingRoute): string | undefined {
  if (typeof request !== 'object' || request === null || !('method' in request)) {
    return invalid('invalid request');
  }
  const { id, method, params } = request as Record<string, unknown>;
  // A number that JavaScript can't hold would come back as another one.
  if (typeof id !== 'string' && !Number.isSafeInteger(id)) return undefined;
  const result = passiveAnswer(String(method), Array.isArray(params) ? params : [], route);
  return result === undefined ? undefined : JSON.stringify({ jsonrpc: '2.0', id, result });
}
