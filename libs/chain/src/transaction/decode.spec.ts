import { Common, Hardfork, Mainnet } from '@ethereumjs/common';
import { createTxFromRLP } from '@ethereumjs/tx';
import { bytesToHex, encodeRlp, hexToBytes } from '@flotilla/common';
import { signAuthorization, signTransaction, testAccount } from '@flotilla/testing';
import { ChainErrorCode } from '../errors.js';
import { decodeTransaction } from './decode.js';
import { encodeAccessList, encodeAuthorizationList } from './lists.js';
import { withSender } from './sender.js';

const alice = testAccount(0);
const bob = testAccount(1);
const common = new Common({ chain: { ...Mainnet, chainId: 1337 }, hardfork: Hardfork.Prague });
const accessList = [{ address: bob.address, storageKeys: [`0x${'11'.repeat(32)}` as const] }];

const cases = {
  'a legacy transfer': { type: 0, value: 7n, gasPrice: 3n, nonce: 9 },
  'a legacy creation': { type: 0, to: null, data: '0x600160005500', gas: 100_000n },
  'an access list': { type: 1, accessList, gasPrice: 5n, gas: 90_000n },
  'a dynamic fee': { type: 2, maxFeePerGas: 9n, maxPriorityFeePerGas: 2n, data: '0x00ff' },
  'a dynamic fee creation': { type: 2, to: null, data: `0x${'5b'.repeat(300)}`, accessList },
} as const;

describe('decodeTransaction', () => {
  it.each(Object.entries(cases))('agrees with ethereumjs on %s', async (_name, fields) => {
    const raw = await signTransaction(alice, { to: bob.address, ...fields });
    const ours = withSender(decodeTransaction(raw), 1337n);
    const theirs = createTxFromRLP(raw, { common });
    expect(ours).toMatchObject({
      hash: bytesToHex(theirs.hash()),
      type: theirs.type,
      nonce: theirs.nonce,
      gasLimit: theirs.gasLimit,
      value: theirs.value,
      to: theirs.to?.toString(),
      from: theirs.getSenderAddress().toString(),
      r: theirs.r,
      s: theirs.s,
    });
    expect(bytesToHex(ours.data)).toBe(bytesToHex(theirs.data));
    expect(ours.from).toBe(alice.address);
  });

  it('reads an authorization list (EIP-7702) that encodes back to itself', async () => {
    const authorization = await signAuthorization(bob, { address: alice.address, nonce: 3 });
    const raw = await signTransaction(alice, {
      type: 4,
      gas: 100_000n,
      accessList,
      authorizationList: [authorization],
    });
    const tx = withSender(decodeTransaction(raw), 1337n);
    expect(tx.from).toBe(alice.address);
    expect(tx.hash).toBe(bytesToHex(createTxFromRLP(raw, { common }).hash()));
    expect(tx.authorizationList).toEqual([authorization]);
    expect(bytesToHex(raw)).toContain(
      bytesToHex(encodeRlp(encodeAuthorizationList(tx.authorizationList))).slice(2),
    );
    expect(bytesToHex(raw)).toContain(
      bytesToHex(encodeRlp(encodeAccessList(tx.accessList))).slice(2),
    );
  });

  it('recovers a sender without replay protection', async () => {
    const raw = await signTransaction(alice, { type: 0, chainId: undefined });
    const tx = decodeTransaction(raw);
    expect(tx.chainId).toBeUndefined();
    expect(withSender(tx, 1n).from).toBe(alice.address);
  });
});

describe('strictness', () => {
  const word = (value: number) => Uint8Array.of(value);
  const none = new Uint8Array(0);
  const legacy = [none, none, word(1), none, none, none, word(27), word(1), word(1)];
  const replaced = (at: number, item: Uint8Array | Uint8Array[]) =>
    encodeRlp(legacy.map((old, i) => (i === at ? item : old)));

  it('accepts the least', () => {
    expect(decodeTransaction(encodeRlp(legacy)).to).toBeUndefined();
  });

  it.each([
    ['nothing', none],
    ['a type byte alone', Uint8Array.of(2)],
    ['a leading zero', replaced(1, Uint8Array.of(0, 1))],
    ['a zero byte for zero', replaced(0, word(0))],
    ['a nonce of nine bytes', replaced(0, new Uint8Array(9).fill(1))],
    ['a gas limit of nine bytes', replaced(2, new Uint8Array(9).fill(1))],
    ['a value of 33 bytes', replaced(4, new Uint8Array(33).fill(1))],
    ['a recipient of 19 bytes', replaced(3, new Uint8Array(19))],
    ['a list in the place of a number', replaced(1, [])],
    ['a field too few', encodeRlp(legacy.slice(1))],
    ['a field too many', encodeRlp([...legacy, none])],
    ['bytes behind the end', new Uint8Array([...encodeRlp(legacy), 0])],
    ['a wrong list in a typed one', new Uint8Array([2, ...encodeRlp(legacy)])],
  ])('refuses %s', (_name, raw) => {
    expect(() => decodeTransaction(raw)).toThrow(
      expect.objectContaining({ code: ChainErrorCode.InvalidTransaction }),
    );
  });

  it('refuses unknown types', () => {
    expect(() => decodeTransaction(Uint8Array.of(5, 0xc0))).toThrow(
      expect.objectContaining({ code: ChainErrorCode.TransactionTypeNotSupported }),
    );
  });

  it('refuses a high s (EIP-2) and other signatures out of range', async () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const tx = decodeTransaction(await signTransaction(alice, {}));
    for (const bad of [
      { s: order - tx.s, yParity: 1 - tx.yParity },
      { r: 0n },
      { r: order },
      { s: 0n },
      { yParity: 2 },
    ]) {
      expect(() => withSender({ ...tx, ...bad }, 1337n)).toThrow(
        expect.objectContaining({ code: ChainErrorCode.InvalidSender }),
      );
    }
  });

  it('refuses another chain', async () => {
    const tx = decodeTransaction(await signTransaction(alice, {}));
    expect(() => withSender(tx, 1n)).toThrow(
      'invalid sender: invalid chain id for signer: have 1337 want 1',
    );
  });

  it('accepts no change of a byte without changing the hash or the sender', async () => {
    const raw = await signTransaction(alice, { data: '0xabcdef', accessList });
    const { hash } = decodeTransaction(raw);
    for (let at = 0; at < raw.length; at++) {
      const changed = raw.slice();
      changed[at] ^= 1;
      let result: { hash: string; from: string } | undefined;
      try {
        result = withSender(decodeTransaction(changed), 1337n);
      } catch {}
      expect(result?.hash).not.toBe(hash);
      expect(result?.from).not.toBe(alice.address);
    }
  });
});

it('decodes a blob transaction, which the pool will refuse', () => {
  const fields = [
    ...[1337, 0, 1, 2, 21_000].map((n) => hexOf(n)),
    hexToBytes(bob.address),
    hexOf(0),
    new Uint8Array(0),
    [],
    hexOf(3),
    [new Uint8Array(32).fill(1)],
    hexOf(1),
    hexOf(9),
    hexOf(9),
  ];
  const tx = decodeTransaction(new Uint8Array([3, ...encodeRlp(fields)]));
  expect(tx).toMatchObject({ type: 3, maxFeePerBlobGas: 3n, to: bob.address });
  expect(tx.blobVersionedHashes).toHaveLength(1);
});

function hexOf(value: number): Uint8Array {
  const digits = value.toString(16);
  return value === 0
    ? new Uint8Array(0)
    : hexToBytes(`0x${digits.padStart(digits.length + (digits.length % 2), '0')}`);
}
