import { type Table, WriteBatch } from '@flotilla/state';
import { MemoryStore, TestChain, testAccount } from '@flotilla/testing';
import { ChainErrorCode } from '../errors.js';
import { auditChain } from './audit-chain.js';

const alice = testAccount(0);
const bob = testAccount(1);
/** SSTORE(2, 1), LOG1(0, 32, 7), and 32 zeros as code. */
const INIT_CODE = '0x6001600255600760206000a160206000f3';

function audit(store: MemoryStore): string[] {
  const problems: string[] = [];
  auditChain(store, { progress: () => {}, problem: (what) => problems.push(what) });
  return problems;
}

async function aChain(): Promise<TestChain> {
  const chain = await TestChain.open();
  await chain.send(alice, { nonce: 0, to: null, data: INIT_CODE, gas: 200_000n });
  await chain.send(bob, { to: testAccount(20).address, value: 7n });
  await chain.seal();
  await chain.mine(alice, { nonce: 1, to: bob.address, value: 5n });
  await chain.seal();
  const { hash } = chain.chain.headerByNumber(2)!;
  await chain.chain.markFinalized(2, hash);
  return chain;
}

async function change(store: MemoryStore, table: Table, key: Uint8Array, value?: Uint8Array) {
  const batch = new WriteBatch();
  if (value === undefined) batch.delete(table, key);
  else batch.put(table, key, value);
  await store.commit(batch);
}

/** What the audit says, or what keeps it from beginning. */
function findings(store: MemoryStore): string[] {
  try {
    return audit(store);
  } catch (error) {
    return [(error as { code: string }).code];
  }
}

describe('the audit of a chain', () => {
  let chain: TestChain;
  let store: MemoryStore;

  beforeEach(async () => {
    chain = await aChain();
    store = chain.store as MemoryStore;
  });

  it('finds nothing wrong with a sound one, and tells what it read', () => {
    expect(audit(store)).toEqual([]);
    const read = auditChain(store, { progress: () => {}, problem: () => {} });
    expect(read).toMatchObject({ blocks: 4, transactions: 3, pastStates: 4 });
    expect(read.accounts).toBeGreaterThan(10);
  });

  it('tells its progress in whole numbers, also when it reads some past states only', async () => {
    for (let number = 4; number < 1301; number++) await chain.seal();
    const told: unknown[] = [];
    auditChain(store, {
      progress: (stage, done, total) => stage === 'history' && told.push([done, total]),
      problem: () => {},
    });
    expect(told).toEqual([
      [1, 651],
      [257, 651],
      [513, 651],
    ]);
  });

  it.each(['accounts', 'slots', 'codes', 'trie', 'blocks', 'receipts', 'indexes'] as const)(
    "finds any record of '%s' that is gone, or not what it was",
    async (table) => {
      const records = [...store.range(table, {})];
      expect(records.length).toBeGreaterThan(0);
      for (const [key, value] of records) {
        const flipped = Uint8Array.from(value);
        flipped[flipped.length - 1] ^= 1;
        for (const other of [undefined, flipped]) {
          await change(store, table, key, other);
          expect({ table, key, found: findings(store).length > 0 }).toMatchObject({ found: true });
        }
        await change(store, table, key, value);
      }
      expect(audit(store)).toEqual([]);
    },
  );

  it.each(['blocks', 'receipts', 'indexes'] as const)(
    "finds a record of '%s' that belongs to nothing",
    async (table) => {
      await change(store, table, Uint8Array.of(0x74, 1, 2, 3), Uint8Array.of(1));
      expect(audit(store)).toContainEqual(expect.stringContaining(`'${table}'`));
    },
  );

  it('does not begin without a head', async () => {
    await change(store, 'meta', new TextEncoder().encode('chain.head'));
    expect(findings(store)).toEqual([ChainErrorCode.CorruptChain]);
  });
});

describe('opening a store', () => {
  const code = (attempt: Promise<unknown>) =>
    attempt.then(
      () => 'opened',
      (error) => error.code,
    );

  it('never writes a genesis over records that have lost their head', async () => {
    const chain = await aChain();
    await change(chain.store as MemoryStore, 'meta', new TextEncoder().encode('chain.head'));
    expect(await code(TestChain.open({}, chain))).toBe(ChainErrorCode.CorruptChain);
  });

  it('refuses a state without its root node, or with another', async () => {
    for (const damage of [undefined, (bytes: Uint8Array) => bytes.map((byte) => byte ^ 1)]) {
      const chain = await aChain();
      const store = chain.store as MemoryStore;
      const [[key, node]] = [...store.range('trie', { limit: 1 })];
      await change(store, 'trie', key, damage?.(node));
      expect(await code(TestChain.open({}, chain))).toBe(ChainErrorCode.CorruptChain);
    }
  });
});
