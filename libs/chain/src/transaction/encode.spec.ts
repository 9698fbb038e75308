import { bytesToHex, hexToBytes } from '@flotilla/common';
import { signDigest } from '@flotilla/evm';
import { signTransaction, TEST_CHAIN_ID, testAccount } from '@flotilla/testing';
import { decodeTransaction } from './decode.js';
import { encodeTransaction, type UnsignedTransaction, unsignedHash } from './encode.js';

const alice = testAccount(0);
const bob = testAccount(1);
const accessList = [{ address: bob.address, storageKeys: [`0x${'01'.repeat(32)}` as const] }];

it.each([0, 1, 2] as const)('encodes and signs type %i as viem does', async (type) => {
  const unsigned: UnsignedTransaction = {
    type,
    chainId: BigInt(TEST_CHAIN_ID),
    nonce: 3n,
    maxFeePerGas: 200n,
    maxPriorityFeePerGas: type === 2 ? 7n : 200n,
    gasLimit: 60_000n,
    to: bob.address,
    value: 5n,
    data: hexToBytes('0x010203'),
    accessList: type === 0 ? [] : accessList,
    authorizationList: [],
  };
  const expected = await signTransaction(alice, {
    type,
    nonce: 3,
    to: bob.address,
    value: 5n,
    gas: 60_000n,
    data: '0x010203',
    ...(type < 2 ? { gasPrice: 200n } : { maxFeePerGas: 200n, maxPriorityFeePerGas: 7n }),
    ...(type > 0 && { accessList }),
  });
  const signature = signDigest(unsignedHash(unsigned), hexToBytes(alice.privateKey));
  const raw = encodeTransaction(unsigned, signature);
  expect(bytesToHex(raw)).toBe(bytesToHex(expected));
  expect(decodeTransaction(raw)).toMatchObject({ type, nonce: 3n, to: bob.address });
});
