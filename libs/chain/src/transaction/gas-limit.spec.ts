import { signAuthorization, signTransaction, testAccount } from '@flotilla/testing';
import { decodeTransaction } from './decode.js';
import { gasLimitOf } from './gas-limit.js';

const alice = testAccount(0);
const accessList = [{ address: alice.address, storageKeys: [`0x${'11'.repeat(32)}` as const] }];
const data = `0x${'5b'.repeat(300)}` as const;

it.each([
  ['a legacy one', { type: 0 }],
  ['a long legacy one', { type: 0, data, nonce: 70_000, gasPrice: 2n ** 70n }],
  ['one with an access list', { type: 1, accessList, data }],
  ['one with dynamic fees', { type: 2, maxFeePerGas: 2n ** 90n, maxPriorityFeePerGas: 200n }],
] as const)('reads the gas limit of %s', async (_, fields) => {
  for (const gas of [21_000n, 100_000n, 30_000_000n, 2n ** 40n]) {
    const raw = await signTransaction(alice, { to: alice.address, ...fields, gas });
    expect(gasLimitOf(raw)).toBe(Number(gas));
    expect(decodeTransaction(raw).gasLimit).toBe(gas);
  }
});

it('reads the gas limit of one with authorizations', async () => {
  const authorization = await signAuthorization(alice, { address: alice.address, nonce: 3 });
  const raw = await signTransaction(alice, {
    type: 4,
    gas: 123_456n,
    accessList,
    authorizationList: [authorization],
  });
  expect(gasLimitOf(raw)).toBe(123_456);
});

it('makes 0 of what is none, wherever it breaks off', async () => {
  const raw = await signTransaction(alice, { type: 2, gas: 123_456n });
  for (let length = 0; length < raw.length; length++) {
    expect([0, 123_456]).toContain(gasLimitOf(raw.subarray(0, length)));
  }
  for (const bytes of [[0x7f], [0x02, 0x80], [0xc3, 1, 1, 0xc0], [0xff, 0xff], [0x02, 0xf8]]) {
    expect(gasLimitOf(Uint8Array.from(bytes))).toBe(0);
  }
});
