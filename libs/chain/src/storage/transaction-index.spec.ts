import type { Hash } from '@flotilla/common';
import { WriteBatch } from '@flotilla/state';
import { MemoryStore, SeededRandom } from '@flotilla/testing';
import type { Transaction } from '../transaction/types.js';
import { RUN_KEYS } from './keys.js';
import { indexTransactions, locateTransaction } from './transaction-index.js';

const SEED = Number(process.env.TEST_SEED ?? 11);

class World {
  readonly random = new SeededRandom(SEED);
  readonly store = new MemoryStore();
  readonly where = new Map<Hash, { number: number; index: number }>();

  hash(prefix = ''): Hash {
    let digits = prefix;
    while (digits.length < 64) digits += this.random.below(65_536).toString(16).padStart(4, '0');
    return `0x${digits.slice(0, 64)}`;
  }

  async block(number: number, hashes: readonly Hash[]): Promise<void> {
    const batch = new WriteBatch();
    const transactions = hashes.map((hash) => ({ hash })) as unknown as Transaction[];
    indexTransactions(this.store, batch, number, transactions);
    await this.store.commit(batch);
    hashes.forEach((hash, index) => {
      this.where.set(hash, { number, index });
    });
  }

  blockOf(number: number, count: number): Promise<void> {
    return this.block(
      number,
      Array.from({ length: count }, () => this.hash()),
    );
  }

  runs(): number {
    return [...this.store.range('indexes', RUN_KEYS)].length;
  }

  records(): number {
    return [...this.store.range('indexes', {})].length;
  }

  check(): void {
    for (const [hash, location] of this.where) {
      expect([...locateTransaction(this.store, hash)]).toEqual([location]);
    }
  }
}

describe(`the index of transactions (seed ${SEED})`, () => {
  it('finds each in its block, however the runs were merged, and nothing else', async () => {
    const world = new World();
    let most = 0;
    for (let number = 1; number <= 600; number++) {
      await world.blockOf(number * 3, number % 7 === 0 ? 0 : 1 + world.random.below(9));
      most = Math.max(most, world.runs());
    }
    world.check();
    expect(most).toBeLessThanOrEqual(45);
    expect([...locateTransaction(world.store, world.hash())]).toEqual([]);
  });

  it('merges large blocks once, and leaves nothing of the old runs', async () => {
    const world = new World();
    for (let number = 1; number <= 9; number++) await world.blockOf(number, 15_000);
    expect(world.runs()).toBe(5);
    const chunks = world.records() - world.runs();
    expect(chunks).toBeLessThanOrEqual(2048 + 4 * 256);
    const found = [...world.where].filter((_, i) => i % 97 === 0);
    for (const [hash, location] of found) {
      expect([...locateTransaction(world.store, hash)]).toEqual([location]);
    }
  });

  it('gives every candidate when hashes begin alike, the newest first', async () => {
    const world = new World();
    const twin = '0123456789abcdef';
    await world.block(2 ** 33, [world.hash(), world.hash(twin), world.hash('01234567')]);
    await world.block(2 ** 33 + 1, [world.hash(twin), world.hash(twin)]);
    const found = [...locateTransaction(world.store, world.hash(twin))];
    expect(found[2]).toEqual({ number: 2 ** 33, index: 1 });
    expect(found.slice(0, 2)).toEqual(
      expect.arrayContaining([0, 1].map((index) => ({ number: 2 ** 33 + 1, index }))),
    );
    expect(found).toHaveLength(3);
  });

  it('forgets the runs of blocks that are written again', async () => {
    const world = new World();
    await world.blockOf(1, 3);
    await world.blockOf(2, 300);
    const kept = new Map(world.where);
    for (const [hash, { number }] of kept) if (number === 2) world.where.delete(hash);
    await world.blockOf(2, 5);
    world.check();
    expect(world.records()).toBe(4);
  });
});
