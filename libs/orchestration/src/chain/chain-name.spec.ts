import { OrchestrationErrorCode } from '../errors.js';
import { assertChainName, RESERVED_CHAIN_NAMES } from './chain-name.js';

it.each(['abc', 'my-game', 'a1b', `a${'b'.repeat(39)}`])('takes "%s"', (name) => {
  expect(() => assertChainName(name)).not.toThrow();
});

it.each([
  '',
  'ab',
  'Abc',
  '1abc',
  '-abc',
  'abc-',
  'a.b',
  'a b',
  'a*c',
  'a>c',
  `a${'b'.repeat(40)}`,
  'abc\n',
])('refuses %j', (name) => {
  expect(() => assertChainName(name)).toThrow(
    expect.objectContaining({ code: OrchestrationErrorCode.NameInvalid }),
  );
});

it.each([...RESERVED_CHAIN_NAMES])('keeps "%s" for itself', (name) => {
  expect(() => assertChainName(name)).toThrow(
    expect.objectContaining({ code: OrchestrationErrorCode.NameReserved }),
  );
});
