import { bytesToHex } from '@flotilla/common';
import {
  SeededRandom,
  signTransaction,
  TEST_CHAIN_ID,
  testAccount,
  testSeed,
} from '@flotilla/testing';
import { receiveTransaction, TransactionReceiver } from './receive.js';

const SEED = testSeed();
const alice = testAccount(0);
const bob = testAccount(1);

function outcome(receive: () => { hash: string; sender: string }): unknown {
  try {
    return receive();
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  }
}

const fast = (receiver: TransactionReceiver, raw: Uint8Array) =>
  outcome(() => {
    const { hash, sender } = receiver.receive(raw);
    return { hash: bytesToHex(hash), sender: bytesToHex(sender) };
  });

const slow = (raw: Uint8Array, chainId: bigint) =>
  outcome(() => {
    const { hash, from } = receiveTransaction(raw, chainId);
    return { hash, sender: from };
  });

describe(`TransactionReceiver (TEST_SEED=${SEED})`, () => {
  it('comes to what decoding everything comes to, of right transactions and of broken ones', async () => {
    const random = new SeededRandom(SEED);
    const shapes: Parameters<typeof signTransaction>[1][] = [
      { to: bob.address, value: 5n },
      { to: bob.address, value: 0n, nonce: 300, data: `0x${'ab'.repeat(600)}` },
      { to: null, data: '0x6000', maxFeePerGas: 10n ** 18n },
      { to: bob.address, accessList: [{ address: bob.address, storageKeys: [] }] },
      { to: bob.address, type: 0, gasPrice: 7n },
      { to: bob.address, type: 1, gasPrice: 7n },
    ];
    const outcomes = new Set<string>();
    for (const shape of shapes) {
      const raw = await signTransaction(alice, { gas: 100_000n, ...shape });
      const chainId = BigInt(TEST_CHAIN_ID);
      const receiver = new TransactionReceiver(chainId);
      for (let i = 0; i < 400; i++) {
        const broken = Uint8Array.from(raw);
        if (i > 0) broken[random.below(broken.length)] ^= 1 << random.below(8);
        const cut = i % 10 === 9 ? broken.subarray(0, random.below(broken.length) + 1) : broken;
        const expected = slow(cut, chainId);
        expect(fast(receiver, cut)).toEqual(expected);
        outcomes.add(String((expected as { code?: string }).code));
      }
    }
    // Both kinds were there, and several reasons.
    expect(outcomes).toContain('undefined');
    expect(outcomes.size).toBeGreaterThan(3);
  });
});
