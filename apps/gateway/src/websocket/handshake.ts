import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { GatewayError, GatewayErrorCode } from '../errors.js';

/** RFC 6455, section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The upgrade's answer as the chain gave it. */
export function relayedHandshake(answer: IncomingMessage): string {
  const lines = [`HTTP/1.1 101 ${answer.statusMessage ?? 'Switching Protocols'}`];
  for (let i = 0; i < answer.rawHeaders.length; i += 2) {
    lines.push(`${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** The same answer that a chain would give, for one that sleeps. @throws GatewayError `MALFORMED_REQUEST` */
export function ownHandshake({ headers }: IncomingMessage): string {
  const key = headers['sec-websocket-key'];
  if (key === undefined || headers['sec-websocket-version'] !== '13') {
    throw new GatewayError(GatewayErrorCode.MalformedRequest, 'not a WebSocket of version 13');
  }
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  return (
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${accept}\r\n\r\n`
  );
}
