import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const BEARER = /^Bearer ([A-Za-z0-9_-]{1,128})$/i;
/** Enough to tell keys apart; the node sees this, never the key. */
const DIGEST_CHARS = 16;

/** Whose budget a request counts against: the key that it shows, or else the address that it comes from. */
export function clientOf(request: IncomingMessage, keyInPath: string | undefined): string {
  const key = keyInPath ?? BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (key === undefined) return request.socket.remoteAddress ?? '';
  return `key-${createHash('sha256').update(key).digest('hex').slice(0, DIGEST_CHARS)}`;
}
