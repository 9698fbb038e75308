import { fromSeed } from '@nats-io/nkeys';
import type { Authenticator } from '@nats-io/transport-node';
import { MessagingError, MessagingErrorCode } from './errors.js';
import { SigningKey } from './signing-key.js';

/** What a creds file holds between its dashed lines: the token, then the seed. */
const BLOCK = /-{3,}[^\n]*-{3,}\n\s*(\S+)\s*\n-{3,}[^\n]*-{3,}/g;

/**
 * Answers the server's challenge with a user's token and OpenSSL's signature: the library's own signs in JavaScript, which
 * a node that has just been started waits for.
 * @param creds a creds file's text
 * @throws MessagingError `NATS_INVALID_OPERATOR`
 */
export function userAuthenticator(creds: string): Authenticator {
  const [jwt, seed] = [...creds.matchAll(BLOCK)].map(([, text]) => text);
  if (jwt === undefined || seed === undefined) {
    throw new MessagingError(MessagingErrorCode.InvalidOperator, 'not a creds file');
  }
  const encoder = new TextEncoder();
  const key = new SigningKey(fromSeed(encoder.encode(seed)));
  return (nonce) => {
    const signature = nonce ? key.sign(encoder.encode(nonce)) : undefined;
    return { jwt, ...(signature && { sig: Buffer.from(signature).toString('base64') }) };
  };
}
