import type { WriteBatch } from '@flotilla/state';
import {
  MemoryJournal,
  MemoryStore,
  SimulatedClock,
  signTransaction,
  TEST_CHAIN_ID,
  TestChain,
  testAccount,
} from '@flotilla/testing';
import { ChainError, ChainErrorCode } from './errors.js';
import { META } from './storage/keys.js';
import { decodeTransaction } from './transaction/decode.js';
import { withSender } from './transaction/sender.js';
import { TransactionBatch } from './transaction/transaction-batch.js';

const alice = testAccount(0);
const bob = testAccount(1);

/** A store whose commits become durable, or fail, when told to. */
class GatedStore extends MemoryStore {
  gate: Promise<void> | undefined;

  override async commit(batch: WriteBatch): Promise<void> {
    await Promise.all([super.commit(batch), this.gate]);
  }
}

function gate() {
  let open = () => {};
  let fail: (error: Error) => void = () => {};
  const promise = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  promise.catch(() => {});
  return { promise, open, fail };
}

const recordOf = (raw: Uint8Array) =>
  TransactionBatch.of([withSender(decodeTransaction(raw), BigInt(TEST_CHAIN_ID))]).bytes;

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a restart', () => {
  it('finds head, state, receipts, tags, epoch and totals again', async () => {
    const first = await TestChain.open();
    const receipt = await first.mine(alice, { to: bob.address, value: 9n });
    await first.seal();
    const header = first.chain.headerByNumber(1)!;
    await first.chain.markFinalized(1, header.hash);
    await first.chain.setEpoch(4);
    await first.chain.close();

    const second = await TestChain.open({}, first);
    expect(second.chain.head()).toEqual(first.chain.head());
    expect(second.chain.identity).toEqual(first.chain.identity);
    expect(second.chain.receiptByHash(receipt.transactionHash)).toEqual(receipt);
    expect(second.chain.resolveTag('safe').number).toBe(1);
    expect(second.chain.resolveTag('finalized').hash).toBe(header.hash);
    expect(second.chain.epoch).toBe(4);
    expect(second.chain.totals()).toEqual({ transactions: 1, gasUsed: 21_000n });
    expect((await second.seal()).block.header.parentHash).toBe(first.chain.head().hash);
  });

  it('puts the promised transactions back, and mines each once', async () => {
    const first = await TestChain.open();
    const mined = await first.send(alice, { nonce: 0 });
    await first.seal();
    const pending = await first.send(alice, { nonce: 1 });
    const queued = await first.send(bob, { nonce: 3 });

    const second = await TestChain.open({}, first);
    expect(second.chain.poolStatus()).toEqual({ pending: 1, queued: 1 });
    expect(second.chain.transactionByHash(queued)?.block).toBeUndefined();
    const { block } = await second.seal();
    expect(block.transactions.map((tx) => tx.hash)).toEqual([pending]);
    expect(second.chain.transactionByHash(mined)?.block?.number).toBe(1);
    expect((await second.seal()).block.transactions).toHaveLength(0);
  });

  it('keeps promises beyond a cap that was lowered meanwhile', async () => {
    const first = await TestChain.open();
    for (let nonce = 0; nonce < 5; nonce++) await first.send(alice, { nonce });
    const second = await TestChain.open({ pool: { globalPending: 2 } }, first);
    expect(second.chain.poolStatus().pending).toBe(5);
  });

  it('replays a replacement as a replacement', async () => {
    const first = await TestChain.open();
    await first.send(alice, { maxFeePerGas: 10n });
    const fresh = await first.send(alice, { maxFeePerGas: 20n, maxPriorityFeePerGas: 20n });
    const journal = new MemoryJournal();
    for (const raw of [
      await signTransaction(alice, { maxFeePerGas: 10n, maxPriorityFeePerGas: 10n }),
      await signTransaction(alice, { maxFeePerGas: 20n, maxPriorityFeePerGas: 20n }),
    ]) {
      await journal.append(recordOf(raw));
    }
    const second = await TestChain.open({}, { store: first.store, journal });
    expect(second.chain.transactionByHash(fresh)).toBeDefined();
    expect(second.chain.poolStatus()).toEqual({ pending: 1, queued: 0 });
  });

  it('refuses the store of another chain', async () => {
    const { store } = await TestChain.open();
    await expect(TestChain.open({ chainId: 7 }, { store })).rejects.toMatchObject({
      code: ChainErrorCode.GenesisMismatch,
    });
  });

  it('notices a head that is not of the state', async () => {
    const { store, chain } = await TestChain.open();
    await chain.sealBlock({ allowEmpty: true });
    const older = await TestChain.open();
    const { WriteBatch } = await import('@flotilla/state');
    const batch = new WriteBatch();
    batch.put('meta', META.head, older.store.get('meta', META.head)!);
    await store.commit(batch);
    await expect(TestChain.open({}, { store })).rejects.toMatchObject({
      code: ChainErrorCode.CorruptChain,
    });
  });
});

describe('accepted means durable', () => {
  it('returns the hash only when the journal has it', async () => {
    const journal = new MemoryJournal();
    const test = await TestChain.open({}, { journal });
    const disk = gate();
    journal.gate = disk.promise;
    let answered = false;
    const sending = test.send(alice, {}).then(() => {
      answered = true;
    });
    await turn();
    await turn();
    expect(answered).toBe(false);
    disk.open();
    await sending;
    expect(journal.size).toBe(1);
  });

  it('shows a block only when it is durable, and its transactions as pending until then', async () => {
    const store = new GatedStore();
    const test = await TestChain.open({}, { store });
    const hash = await test.send(alice, { to: bob.address, value: 1n });
    const before = test.chain.balance(bob.address, 'latest');
    const disk = gate();
    store.gate = disk.promise;
    const blocks: number[] = [];
    test.chain.events.on('block', ({ block }) => blocks.push(block.header.number));
    const sealing = test.seal();
    await turn();
    await turn();
    expect(blocks).toEqual([]);
    expect(test.chain.head().number).toBe(0);
    expect(test.chain.headerByNumber(1)).toBeUndefined();
    expect(test.chain.receiptByHash(hash)).toBeUndefined();
    expect(test.chain.transactionByHash(hash)).toMatchObject({ block: undefined });
    expect(test.chain.balance(bob.address, 'latest')).toBe(before);
    expect(test.chain.nonce(alice.address, 'latest')).toBe(0n);
    expect(test.chain.nonce(alice.address, 'pending')).toBe(1n);
    expect(test.chain.poolStatus()).toEqual({ pending: 1, queued: 0 });
    disk.open();
    await sealing;
    expect(blocks).toEqual([1]);
    expect(test.chain.poolStatus()).toEqual({ pending: 0, queued: 0 });
    expect(test.chain.receiptByHash(hash)).toMatchObject({ status: 1 });
    expect(test.chain.balance(bob.address, 'latest')).toBe(before + 1n);
  });

  it('is over when the disk fails under a block', async () => {
    const store = new GatedStore();
    const fatal: unknown[] = [];
    const test = await TestChain.open({}, { store, onFatal: (error) => fatal.push(error) });
    await test.send(alice, {});
    const disk = gate();
    store.gate = disk.promise;
    const sealing = test.seal();
    disk.fail(new Error('EIO'));
    await expect(sealing).rejects.toThrow('EIO');
    expect(fatal).toHaveLength(1);
    expect(test.chain.head().number).toBe(0);
    await expect(test.seal()).rejects.toMatchObject({ code: ChainErrorCode.Closed });
    await expect(test.send(bob, {})).rejects.toMatchObject({ code: ChainErrorCode.Closed });
  });

  it('is over when the journal fails', async () => {
    const journal = new MemoryJournal();
    const fatal: unknown[] = [];
    const test = await TestChain.open({}, { journal, onFatal: (error) => fatal.push(error) });
    const disk = gate();
    journal.gate = disk.promise;
    disk.fail(new Error('EIO'));
    await expect(test.send(alice, {})).rejects.toThrow('EIO');
    expect(fatal).toHaveLength(1);
  });

  it('refuses and forgets a transaction that a full journal does not take', async () => {
    const journal = new MemoryJournal();
    const fatal: unknown[] = [];
    const test = await TestChain.open({}, { journal, onFatal: (error) => fatal.push(error) });
    const disk = gate();
    journal.gate = disk.promise;
    disk.fail(new ChainError(ChainErrorCode.PoolFull, 'no room', { retryable: true }));
    await expect(test.send(alice, {})).rejects.toMatchObject({
      code: ChainErrorCode.PoolFull,
      retryable: true,
    });
    expect(fatal).toEqual([]);
    expect(test.chain.poolStatus()).toMatchObject({ pending: 0, queued: 0 });
    journal.gate = undefined;
    await test.send(alice, {});
    expect(test.chain.poolStatus().pending).toBe(1);
  });
});

it('rewrites the journal when it has outgrown the pool', async () => {
  const journal = new MemoryJournal();
  const test = await TestChain.open({}, { journal });
  const record = recordOf(await signTransaction(alice, { nonce: 0 }));
  for (let i = 0; i < 5000; i++) await journal.append(record);
  await journal.append(recordOf(await signTransaction(bob, { nonce: 0 })));
  const second = await TestChain.open({}, { store: test.store, journal });
  expect(second.chain.poolStatus().pending).toBe(2);
  expect(journal.size).toBe(1);
});

it('prunes states that fall out of the window, never younger ones than the finalized block', async () => {
  const clock = new SimulatedClock();
  const history = { minBlocks: 3, minSeconds: 10 };
  const test = await TestChain.open({ history }, { clock });
  const mineOne = async (nonce: number) => {
    await clock.advance(5_000);
    await test.mine(alice, { nonce, to: bob.address, value: 1n });
  };
  for (let nonce = 0; nonce < 8; nonce++) await mineOne(nonce);
  const initial = 1000n * 10n ** 18n;
  expect(test.chain.balance(bob.address, 0)).toBe(initial);
  await test.chain.markFinalized(6, test.chain.headerByNumber(6)!.hash);
  await mineOne(8);
  await mineOne(9);
  await mineOne(10);
  expect(() => test.chain.balance(bob.address, 5)).toThrow(
    expect.objectContaining({ code: ChainErrorCode.HistoryPruned }),
  );
  expect(test.chain.balance(bob.address, 6)).toBe(initial + 6n);
  expect(test.chain.balance(bob.address, 8)).toBe(initial + 8n);
  expect(test.chain.blockByNumber(2)?.transactions).toHaveLength(1);
});

it('moves tags forward only, and only to blocks of ours', async () => {
  const { chain, seal } = await withBlocks(3);
  const moves: string[] = [];
  chain.events.on('safe', ({ number }) => moves.push(`safe ${number}`));
  chain.events.on('finalized', ({ number }) => moves.push(`finalized ${number}`));
  expect(chain.resolveTag('safe').number).toBe(0);
  await chain.markSafe(2, chain.headerByNumber(2)!.hash);
  await chain.markSafe(1, chain.headerByNumber(1)!.hash);
  await chain.markFinalized(1, chain.headerByNumber(1)!.hash);
  await chain.markFinalized(3, chain.headerByNumber(3)!.hash);
  expect(moves).toEqual(['safe 2', 'finalized 1', 'safe 3', 'finalized 3']);
  await seal();
  await expect(chain.markSafe(4, chain.headerByNumber(3)!.hash)).rejects.toMatchObject({
    code: ChainErrorCode.FinalityMismatch,
  });
  await expect(chain.markSafe(9, chain.headerByNumber(3)!.hash)).rejects.toMatchObject({
    code: ChainErrorCode.BlockNotFound,
  });
});

async function withBlocks(count: number) {
  const test = await TestChain.open();
  for (let i = 0; i < count; i++) await test.seal();
  return { chain: test.chain, seal: () => test.seal() };
}
