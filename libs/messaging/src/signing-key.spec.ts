import { createAccount, createOperator, createUser, fromPublic } from '@nats-io/nkeys';
import { SigningKey } from './signing-key.js';

it.each([
  ['an operator', createOperator],
  ['an account', createAccount],
  ['a user', createUser],
])('is the same key for %s, and signs what the other verifies', (_, create) => {
  const pair = create();
  const key = new SigningKey(pair);
  const text = new TextEncoder().encode('a claim');
  expect(key.getPublicKey()).toBe(pair.getPublicKey());
  expect(key.getPrivateKey()).toEqual(pair.getPrivateKey());
  expect(key.sign(text)).toEqual(pair.sign(text));
  expect(fromPublic(pair.getPublicKey()).verify(text, key.sign(text))).toBe(true);
});
