import type { Hash } from '@flotilla/common';
import {
  MemoryJournal,
  MemoryStore,
  SeededRandom,
  TestChain,
  testAccount,
} from '@flotilla/testing';
import { ChainError } from '../errors.js';

const ACCOUNTS = Array.from({ length: 4 }, (_, i) => testAccount(i));
const STEPS = 120;

/** What was promised to senders, and what became of it. */
class Ledger {
  readonly acknowledged = new Set<Hash>();
  readonly mined = new Map<Hash, number>();
  readonly dropped = new Set<Hash>();

  watch({ chain }: TestChain): void {
    chain.events.on('block', ({ block }) => {
      for (const { hash } of block.transactions) {
        this.mined.set(hash, (this.mined.get(hash) ?? 0) + 1);
      }
    });
    chain.events.on('droppedTransaction', ({ hash }) => this.dropped.add(hash));
  }

  check({ chain }: TestChain): void {
    for (const hash of this.acknowledged) {
      const isMined = this.mined.has(hash);
      const found = chain.transactionByHash(hash);
      expect([hash, this.mined.get(hash) ?? 0]).toEqual([hash, isMined ? 1 : 0]);
      expect([hash, found !== undefined]).toEqual([hash, isMined || !this.dropped.has(hash)]);
    }
    const { pending, queued } = chain.poolContent();
    const count = (part: ReadonlyMap<string, readonly unknown[]>) =>
      [...part.values()].reduce((sum, list) => sum + list.length, 0);
    expect(chain.poolStatus()).toEqual({ pending: count(pending), queued: count(queued) });
  }
}

async function sendRandomly(test: TestChain, random: SeededRandom, ledger: Ledger): Promise<void> {
  const sender = ACCOUNTS[random.below(ACCOUNTS.length)];
  const next = Number(test.chain.nonce(sender.address, 'pending'));
  const nonce = Math.max(0, next + random.below(5) - 2);
  const fee = BigInt(random.below(4)) * 10n;
  try {
    ledger.acknowledged.add(
      await test.send(sender, {
        nonce,
        to: ACCOUNTS[random.below(ACCOUNTS.length)].address,
        value: BigInt(random.below(3)),
        maxFeePerGas: fee,
        maxPriorityFeePerGas: fee,
      }),
    );
  } catch (error) {
    expect(error).toBeInstanceOf(ChainError);
  }
}

it.each([1, 2, 3])(
  'keeps every promise over sends, blocks and restarts (seed %i)',
  async (seed) => {
    const random = new SeededRandom(seed);
    const world = { store: new MemoryStore(), journal: new MemoryJournal() };
    const ledger = new Ledger();
    const open = async () => {
      const test = await TestChain.open({ gasLimit: 100_000n }, world);
      ledger.watch(test);
      return test;
    };
    let test = await open();
    for (let step = 0; step < STEPS; step++) {
      const dice = random.below(10);
      if (dice < 7) await sendRandomly(test, random, ledger);
      else if (dice < 9) await test.seal();
      else test = await open();
      ledger.check(test);
    }
    while (test.chain.pendingWork() === 'ready') await test.seal();
    ledger.check(test);
    expect(ledger.mined.size).toBeGreaterThan(10);
  },
);
