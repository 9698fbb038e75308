import { EMPTY_BYTES } from './bytes.js';
import { keccak256Hex } from './keccak.js';

it('hashes the empty string as Ethereum does', () => {
  expect(keccak256Hex(EMPTY_BYTES)).toBe(
    '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
  );
});
