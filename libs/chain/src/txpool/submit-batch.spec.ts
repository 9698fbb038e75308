import { silentLogger } from '@flotilla/common';
import {
  MemoryJournal,
  SimulatedClock,
  signAuthorization,
  signTransaction,
  TEST_CHAIN_ID,
  TestChain,
  testAccount,
  type UnsignedTransaction,
} from '@flotilla/testing';
import { ChainError, ChainErrorCode } from '../errors.js';
import { Sealer } from '../sealing/sealer.js';
import { decodeTransaction } from '../transaction/decode.js';
import { withSender } from '../transaction/sender.js';
import { TransactionBatch } from '../transaction/transaction-batch.js';
import type { Transaction } from '../transaction/types.js';

const alice = testAccount(0);
const bob = testAccount(1);
const poor = testAccount(60);

async function recovered(sender: typeof alice, tx: UnsignedTransaction): Promise<Transaction> {
  return withSender(decodeTransaction(await signTransaction(sender, tx)), BigInt(TEST_CHAIN_ID));
}

/** Every field, those included that are read only when asked for. */
const fieldsOf = (like: Transaction) => (tx: Transaction) =>
  Object.keys(like).map((name) => [name, tx[name as keyof Transaction]]);

const hashes = (transactions: readonly Transaction[]) => transactions.map((tx) => tx.hash);

describe('a transaction batch', () => {
  it('gives back what went in, from any place in memory', async () => {
    const transactions = await Promise.all([
      recovered(alice, { nonce: 7, value: 3n, to: bob.address }),
      recovered(bob, { type: 0, data: '0x00ff' }),
      recovered(alice, {
        type: 1,
        accessList: [{ address: bob.address, storageKeys: [`0x${'07'.repeat(32)}`] }],
      }),
      recovered(alice, { to: null, data: `0x${'60'.repeat(300)}`, value: 2n ** 200n }),
      recovered(bob, { type: 0, chainId: undefined, gasPrice: 2n ** 70n }),
      recovered(alice, {
        type: 4,
        authorizationList: [await signAuthorization(bob, { address: bob.address, nonce: 0 })],
      }),
    ]);
    const batch = TransactionBatch.of(transactions);
    expect(batch.bytes.byteLength).toBe(batch.bytes.buffer.byteLength);
    const shifted = new Uint8Array(batch.bytes.length + 3).subarray(3);
    shifted.set(batch.bytes);
    for (const copy of [batch, new TransactionBatch(shifted)]) {
      const fields = fieldsOf(transactions[0]);
      expect([...copy].map(fields)).toEqual(transactions.map(fields));
      expect(copy.raw(1)).toEqual(transactions[1].raw);
    }
  });

  it('refuses what is cut short, or empty', async () => {
    const { bytes } = TransactionBatch.of([await recovered(alice, {})]);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => new TransactionBatch(bytes.slice(0, length))).toThrow(
        expect.objectContaining({ code: ChainErrorCode.InvalidTransaction }),
      );
    }
  });
});

describe('submitting a batch', () => {
  it('journals it as one record, and its transactions are mined in order', async () => {
    const journal = new MemoryJournal();
    const { chain } = await TestChain.open({}, { journal });
    const batch = await Promise.all([0, 1, 2].map((nonce) => recovered(alice, { nonce })));
    expect(await chain.submitBatch(TransactionBatch.of(batch))).toEqual([]);
    expect(journal.size).toBe(1);
    const sealed = await chain.sealBlock();
    expect(hashes(sealed!.block.transactions)).toEqual(hashes(batch));
  });

  it('refuses one by one, and journals the others only', async () => {
    const test = await TestChain.open();
    const good = await recovered(alice, { nonce: 0 });
    const late = await recovered(bob, { nonce: 0, value: 1n });
    const broke = await recovered(poor, { value: 1n });
    const refusals = await test.chain.submitBatch(TransactionBatch.of([good, broke, late, good]));
    expect(refusals.map(({ index, error }) => [index, (error as ChainError).code])).toEqual([
      [1, ChainErrorCode.InsufficientFunds],
      [3, ChainErrorCode.AlreadyKnown],
    ]);
    const second = await TestChain.open({}, test);
    const pooled = [...second.chain.poolContent().pending.values()].flat();
    expect(hashes(pooled)).toEqual(hashes([good, late]));
  });

  it('refuses all of it, and forgets it, when the journal takes no more', async () => {
    const journal = new MemoryJournal();
    const { chain } = await TestChain.open({}, { journal });
    const full = new ChainError(ChainErrorCode.PoolFull, 'no room', { retryable: true });
    journal.gate = Promise.reject(full);
    const batch = await Promise.all([0, 1].map((nonce) => recovered(alice, { nonce })));
    const refusals = await chain.submitBatch(TransactionBatch.of(batch));
    expect(refusals.map(({ index, error }) => [index, (error as ChainError).code])).toEqual([
      [0, ChainErrorCode.PoolFull],
      [1, ChainErrorCode.PoolFull],
    ]);
    expect(chain.poolStatus()).toEqual({ pending: 0, queued: 0 });
  });

  it('calls a transaction known only once it is promised, and takes it anew when that failed', async () => {
    const journal = new MemoryJournal();
    const { chain } = await TestChain.open({}, { journal });
    const tx = await recovered(alice, { nonce: 0 });
    const batch = TransactionBatch.of([tx]);
    let fail = (_: Error) => {};
    journal.gate = new Promise((_, reject) => {
      fail = reject;
    });
    const answers: string[] = [];
    const code = ({ code }: ChainError) => answers.push(code);
    const first = chain.submitTransaction(tx).catch(code);
    const second = chain.submitTransaction(tx).then(() => answers.push('promised'), code);
    const third = chain.submitBatch(batch).then(([{ error }]) => code(error as ChainError));
    await new Promise((resolve) => setImmediate(resolve));
    expect(answers).toEqual([]);
    journal.gate = Promise.resolve();
    fail(new ChainError(ChainErrorCode.FollowerLost, 'the follower is gone'));
    await Promise.all([first, second, third]);
    expect(answers.sort()).toEqual([
      ChainErrorCode.AlreadyKnown,
      ChainErrorCode.FollowerLost,
      'promised',
    ]);
    expect(hashes([...chain.poolContent().pending.values()].flat())).toEqual([tx.hash]);
  });

  it('answers with the receipts there on a dev chain with instant sealing', async () => {
    const clock = new SimulatedClock();
    const sealing = { mode: 'instant', intervalMs: 1000 } as const;
    const { chain } = await TestChain.open({ sealing, profile: 'dev' }, { clock });
    const sealer = new Sealer(sealing, { chain, clock, logger: silentLogger });
    sealer.start();
    const batch = await Promise.all([0, 1].map((nonce) => recovered(alice, { nonce })));
    const answer = chain.submitBatch(TransactionBatch.of(batch));
    await clock.advance(0);
    expect(await answer).toEqual([]);
    for (const { hash } of batch) expect(chain.receiptByHash(hash)?.status).toBe(1);
    await sealer.stop();
  });
});
