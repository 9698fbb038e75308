import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'flt_';
const KEY_PATTERN = /^flt_[A-Za-z0-9_-]{43}$/;

/** A new API key: 256 random bits, so a plain hash of it can't be searched for. */
export function createApiKey(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

export function isApiKey(text: string): boolean {
  return KEY_PATTERN.test(text);
}

/** What is stored: SHA-256 of the key, in hex. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
