import { MemoryJournal, signTransaction, TEST_CHAIN_ID, testAccount } from '@flotilla/testing';
import { receiveTransaction } from '../transaction/receive.js';
import { TransactionBatch } from '../transaction/transaction-batch.js';
import type { Transaction } from '../transaction/types.js';
import { PoolJournal } from './pool-journal.js';

/** A journal whose rewriting waits for another one to end first. */
class BusyJournal extends MemoryJournal {
  begin = () => {};
  readonly #begun = new Promise<void>((resolve) => {
    this.begin = resolve;
  });

  override async prune(stillPending: Iterable<Uint8Array>): Promise<void> {
    await this.#begun;
    await super.prune(stillPending);
  }
}

function setup<Journal extends MemoryJournal>(journal: Journal) {
  const pooled: Transaction[] = [];
  const pool = {
    get size() {
      return pooled.length;
    },
    all: () => pooled,
  };
  const onFatal = (error: unknown) => {
    throw error;
  };
  return { pooled, journal, poolJournal: new PoolJournal({ pool, journal, onFatal }) };
}

async function transaction(nonce: number): Promise<Transaction> {
  return receiveTransaction(
    await signTransaction(testAccount(0), { nonce }),
    BigInt(TEST_CHAIN_ID),
  );
}

describe('PoolJournal', () => {
  it('keeps what is journaled while a rewrite waits for its turn', async () => {
    const { pooled, journal, poolJournal } = setup(new BusyJournal());
    const rewritten = poolJournal.rewrite();
    const tx = await transaction(0);
    pooled.push(tx);
    await poolJournal.append(TransactionBatch.of([tx]));
    journal.begin();
    await rewritten;
    expect([...poolJournal.replay()].map(({ hash }) => hash)).toEqual([tx.hash]);
  });

  it('is rewritten once it holds thousands more than the pool', async () => {
    const { journal, poolJournal } = setup(new MemoryJournal());
    const batch = TransactionBatch.of(Array(256).fill(await transaction(0)));
    for (let i = 0; i < 15; i++) await poolJournal.append(batch);
    await poolJournal.prune();
    expect(journal.size).toBe(15);
    await poolJournal.append(batch);
    await poolJournal.prune();
    expect(journal.size).toBe(0);
  });
});
