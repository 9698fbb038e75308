import { equalBytes } from '@flotilla/common';
import { type StateStore, type Table, WriteBatch } from '@flotilla/state';

/** A store under test, and how to get rid of it. */
export interface StoreUnderTest {
  readonly store: StateStore;
  close(): Promise<void>;
}

const bytes = (...values: number[]) => Uint8Array.from(values);

function batchOf(
  table: Table,
  records: readonly (readonly [Uint8Array, Uint8Array | undefined])[],
) {
  const batch = new WriteBatch();
  for (const [key, value] of records) {
    if (value === undefined) batch.delete(table, key);
    else batch.put(table, key, value);
  }
  return batch;
}

/** What every StateStore must do. Call inside a test file; `open` gives an empty store. */
export function describeStateStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} is a state store`, () => {
    let under: StoreUnderTest;

    beforeEach(async () => {
      under = await open();
    });

    afterEach(() => under.close());

    const keys = (options: Parameters<StateStore['range']>[1], table: Table = 'slots') =>
      [...under.store.range(table, options)].map(([key]) => [...key]);

    /** The same checks while the commit is under way and after it is durable. */
    const commitAndCheck = async (batch: WriteBatch, check: () => void) => {
      const durable = under.store.commit(batch);
      check();
      await durable;
      check();
    };

    it('reads back what is committed, at once and later', async () => {
      const { store } = under;
      await commitAndCheck(batchOf('meta', [[bytes(1), bytes(7, 8)]]), () => {
        expect(store.get('meta', bytes(1))).toEqual(bytes(7, 8));
        expect(store.get('meta', bytes(1, 0))).toBeUndefined();
        expect(store.get('slots', bytes(1))).toBeUndefined();
      });
    });

    it('keeps empty values apart from absent ones', async () => {
      const { store } = under;
      await commitAndCheck(batchOf('meta', [[bytes(1), bytes()]]), () => {
        expect(store.get('meta', bytes(1))).toEqual(bytes());
        expect([...store.range('meta', {})]).toEqual([[bytes(1), bytes()]]);
      });
    });

    it('lets a later write to the same key win', async () => {
      const batch = batchOf('meta', [
        [bytes(1), bytes(1)],
        [bytes(1), undefined],
        [bytes(2), undefined],
        [bytes(2), bytes(2)],
      ]);
      await commitAndCheck(batch, () => {
        expect(under.store.get('meta', bytes(1))).toBeUndefined();
        expect(under.store.get('meta', bytes(2))).toEqual(bytes(2));
      });
    });

    it('overwrites and deletes what is stored', async () => {
      const { store } = under;
      await store.commit(
        batchOf(
          'meta',
          [1, 2, 3].map((n) => [bytes(n), bytes(n)] as const),
        ),
      );
      const batch = batchOf('meta', [
        [bytes(1), undefined],
        [bytes(2), bytes(9)],
        [bytes(4), undefined],
      ]);
      await commitAndCheck(batch, () => {
        expect([...store.range('meta', {})]).toEqual([
          [bytes(2), bytes(9)],
          [bytes(3), bytes(3)],
        ]);
      });
    });

    it('ranges in byte order, within its bounds', async () => {
      const { store } = under;
      const all = [[0], [0, 0], [1], [1, 0], [1, 255], [2], [127], [128], [200, 1], [255, 255]];
      const old = all.filter((_, i) => i % 2 === 0);
      await store.commit(
        batchOf(
          'slots',
          old.map((key) => [bytes(...key), bytes(1)] as const),
        ),
      );
      const rest = all.filter((_, i) => i % 2 === 1).reverse();
      await commitAndCheck(
        batchOf(
          'slots',
          rest.map((key) => [bytes(...key), bytes(1)] as const),
        ),
        () => {
          expect(keys({})).toEqual(all);
          expect(keys({ reverse: true })).toEqual(all.toReversed());
          expect(keys({ gte: bytes(1), lt: bytes(2) })).toEqual([[1], [1, 0], [1, 255]]);
          expect(keys({ gte: bytes(1), lt: bytes(2), reverse: true })).toEqual([
            [1, 255],
            [1, 0],
            [1],
          ]);
          expect(keys({ gte: bytes(128) })).toEqual([[128], [200, 1], [255, 255]]);
          expect(keys({ lt: bytes(1) })).toEqual([[0], [0, 0]]);
          expect(keys({ gte: bytes(3), lt: bytes(4) })).toEqual([]);
          expect(keys({ limit: 2 })).toEqual([[0], [0, 0]]);
          expect(keys({ limit: 2, reverse: true })).toEqual([
            [255, 255],
            [200, 1],
          ]);
          expect(keys({ gte: bytes(1), limit: 1 })).toEqual([[1]]);
          expect(keys({ limit: 0 })).toEqual([]);
          expect(keys({}, 'trie')).toEqual([]);
        },
      );
    });

    it('hands out values that belong to the caller', async () => {
      const { store } = under;
      const value = bytes(1, 2, 3);
      await commitAndCheck(batchOf('meta', [[bytes(1), value]]), () => {
        store.get('meta', bytes(1))!.fill(9);
        for (const [key, found] of store.range('meta', {})) {
          key.fill(9);
          found.fill(9);
        }
        expect(store.get('meta', bytes(1))).toEqual(value);
      });
    });

    it('lets entries of a range outlive the iteration', async () => {
      const { store } = under;
      const count = 1000;
      const records = Array.from({ length: count }, (_, i) => {
        const key = bytes(i >> 8, i & 255);
        return [key, new Uint8Array(100).fill(i & 255)] as const;
      });
      await commitAndCheck(batchOf('slots', records), () => {
        const entries = [...store.range('slots', {})];
        expect(entries).toHaveLength(count);
        expect(entries.every(([key, value]) => key[1] === value[0])).toBe(true);
      });
    });

    it('can be left in the middle of a range', async () => {
      const { store } = under;
      await store.commit(
        batchOf(
          'slots',
          [1, 2, 3].map((n) => [bytes(n), bytes(n)] as const),
        ),
      );
      for (let i = 0; i < 200; i++) {
        for (const [key] of store.range('slots', { gte: bytes(2) })) {
          expect([...key]).toEqual([2]);
          break;
        }
      }
    });

    it('shows several commits under way in their order', async () => {
      const { store } = under;
      const commits = [1, 2, 3].map((n) =>
        store.commit(
          batchOf('meta', [
            [bytes(1), bytes(n)],
            [bytes(10 + n), bytes(n)],
            [bytes(9 + n), undefined],
          ]),
        ),
      );
      const expected = [
        [bytes(1), bytes(3)],
        [bytes(13), bytes(3)],
      ];
      expect([...store.range('meta', {})]).toEqual(expected);
      await Promise.all(commits);
      expect([...store.range('meta', {})]).toEqual(expected);
    });

    it('takes large values and many tables in one batch', async () => {
      const { store } = under;
      const large = new Uint8Array(1_000_000).map((_, i) => i * 31);
      const batch = new WriteBatch();
      for (let i = 0; i < 20; i++) batch.put('blocks', bytes(i), large);
      batch.put('codes', bytes(1), large);
      await commitAndCheck(batch, () => {
        expect(equalBytes(store.get('codes', bytes(1))!, large)).toBe(true);
        expect(equalBytes(store.get('blocks', bytes(19))!, large)).toBe(true);
      });
    });
  });
}
