import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { KeyTable } from './key-table.js';

const BEARER = /^Bearer ([A-Za-z0-9_-]{1,128})$/i;
/** Enough to tell keys apart; the node sees this, never the key. */
const DIGEST_CHARS = 16;

/** What a request says of who sends it. */
export interface Credential {
  /** Whose budget it counts against: the key that it shows, if there is such a key, or else its address. */
  readonly client: string;
  /** SHA-256 of the key, hex; undefined without one. */
  readonly keyHash: string | undefined;
}

export function credentialOf(
  request: IncomingMessage,
  keyInPath: string | undefined,
  keys: KeyTable,
): Credential {
  const address = request.socket.remoteAddress ?? '';
  const key = keyInPath ?? BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (key === undefined) return { client: address, keyHash: undefined };
  const keyHash = createHash('sha256').update(key).digest('hex');
  // Anybody can make up as many keys as he wants budgets.
  const isKnown = keys.get(keyHash) !== undefined;
  return { client: isKnown ? `key-${keyHash.slice(0, DIGEST_CHARS)}` : address, keyHash };
}
