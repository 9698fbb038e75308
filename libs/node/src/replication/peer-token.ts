import { createHmac, timingSafeEqual } from 'node:crypto';

/** What instances of one chain show each other: follows from the key that they share, and doesn't tell it. */
export function peerToken(committeeKey: Uint8Array): string {
  return createHmac('sha256', committeeKey).update('flotilla peer v1').digest('hex');
}

/** In constant time. */
export function isBearer(header: string | undefined, token: string): boolean {
  const shown = Buffer.from(header ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}
