import { createAccount, fromPublic } from '@nats-io/nkeys';
import { SigningKey } from './signing-key.js';

it('is the same key, and signs what the other verifies', () => {
  const pair = createAccount();
  const key = new SigningKey(pair);
  const text = new TextEncoder().encode('a claim');
  expect(key.getPublicKey()).toBe(pair.getPublicKey());
  expect(key.getPrivateKey()).toEqual(pair.getPrivateKey());
  expect(key.sign(text)).toEqual(pair.sign(text));
  expect(fromPublic(pair.getPublicKey()).verify(text, key.sign(text))).toBe(true);
});
