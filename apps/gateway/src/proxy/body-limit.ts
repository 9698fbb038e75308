import type { IncomingMessage } from 'node:http';
import { GatewayError, GatewayErrorCode } from '../errors.js';

export function bodyTooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    GatewayErrorCode.BodyTooLarge,
    `request body too large: more than ${maxBytes} bytes`,
    { data: { limit: 'bodyBytes' } },
  );
}

/** Passes a body on until there is too much of it; then fails with `BODY_TOO_LARGE`. */
export async function* within(request: IncomingMessage, maxBytes: number): AsyncGenerator<Buffer> {
  let seen = 0;
  // Whoever stops reading may still want to answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    seen += chunk.length;
    if (seen > maxBytes) throw bodyTooLarge(maxBytes);
    yield chunk;
  }
}
