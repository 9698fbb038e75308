import type { IncomingMessage } from 'node:http';
import { GatewayError, GatewayErrorCode } from '../errors.js';
import { DEADLINE_HEADER } from '../proxy/headers.js';

const MILLISECONDS = /^[1-9]\d{0,8}$/;

/**
 * When the request that has just arrived is of no use any more; undefined when it doesn't say.
 * @throws GatewayError `MALFORMED_REQUEST`
 */
export function deadlineOf({ headers }: IncomingMessage, now: number): number | undefined {
  const given = headers[DEADLINE_HEADER];
  if (given === undefined) return undefined;
  if (typeof given === 'string' && MILLISECONDS.test(given)) return now + Number(given);
  throw new GatewayError(
    GatewayErrorCode.MalformedRequest,
    'Flotilla-Deadline-Ms takes whole milliseconds, at least 1',
  );
}
