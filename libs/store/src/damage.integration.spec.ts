import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TABLES, WriteBatch } from '@flotilla/state';
import { SeededRandom, testSeed } from '@flotilla/testing';
import { StoreErrorCode } from './errors.js';
import { LmdbStore } from './lmdb-store.js';

const seed = testSeed();
const PAGE = 4096;
const FLIPS = 100;
const ROUNDS = 12;
const damaged = expect.objectContaining({ code: StoreErrorCode.CorruptRecord });

describe(`a database with one flipped bit (seed ${seed})`, () => {
  const random = new SeededRandom(seed);
  const path = mkdtempSync(join(tmpdir(), 'flotilla-damage-'));
  const dataFile = join(path, 'data.mdb');
  let sound: Buffer;
  let answers: string;

  const bytes = (length: number) => Uint8Array.from({ length }, () => random.below(256));

  /** Every table in order, and every record by its key. */
  const readAll = (store: LmdbStore) => {
    const lines: string[] = [];
    for (const table of TABLES) {
      for (const [key, value] of store.range(table, {})) {
        const again = store.get(table, key);
        lines.push(
          [table, key, value, again]
            .map((part) => Buffer.from(part ?? '').toString('hex'))
            .join(' '),
        );
      }
    }
    return lines.join('\n');
  };

  /** What reading everything comes to with the bit flipped: refused, or the very same answers. */
  const outcomeOf = async (bit: number): Promise<'refused' | 'same'> => {
    const flipped = Buffer.from(sound);
    flipped[bit >> 3] ^= 1 << (bit & 7);
    writeFileSync(dataFile, flipped);
    let store: LmdbStore | undefined;
    try {
      store = LmdbStore.open({ path });
    } catch (error) {
      expect(error).toEqual(damaged);
      return 'refused';
    }
    try {
      expect(readAll(store) === answers).toBe(true);
    } finally {
      await store.close();
    }
    return 'same';
  };

  beforeAll(async () => {
    const store = LmdbStore.open({ path });
    const keys: [(typeof TABLES)[number], Uint8Array][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const batch = new WriteBatch();
      for (const table of TABLES) {
        for (let i = 0; i < 30; i++) {
          const key = bytes(4 + random.below(40));
          batch.put(table, key, bytes(random.below(300)));
          keys.push([table, key]);
        }
      }
      batch.put('blocks', bytes(9), bytes(10_000));
      for (let i = 0; i < 40 && round > 2; i++) {
        const [table, key] = keys.splice(random.below(keys.length), 1)[0];
        batch.delete(table, key);
      }
      await store.commit(batch);
    }
    answers = readAll(store);
    await store.close();
    sound = readFileSync(dataFile);
  }, 30_000);

  afterAll(() => rmSync(path, { recursive: true }));

  it('is refused at open, or answers everything as before, wherever the bit is', async () => {
    const outcomes = { refused: 0, same: 0 };
    for (let i = 0; i < FLIPS; i++) outcomes[await outcomeOf(random.below(8 * sound.length))]++;
    // The rest lies in free pages and in the unused middle of used ones.
    expect(outcomes.refused).toBeGreaterThan(FLIPS / 10);
  }, 60_000);

  it.each([
    ['in a header of a page', 0, 24],
    ['in the list of the nodes of a page', 24, 12],
  ])(
    'is refused at open, or answers everything as before, %s',
    async (_, at, length) => {
      for (let i = 0; i < FLIPS / 2; i++) {
        const page = 2 + random.below(sound.length / PAGE - 2);
        await outcomeOf(8 * (page * PAGE + at + random.below(length)) + random.below(8));
      }
    },
    60_000,
  );
});
