import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { WriteBatch } from '@flotilla/state';
import { describeStateStore, SeededRandom, testSeed } from '@flotilla/testing';
import { StoreErrorCode } from './errors.js';
import { LmdbStore } from './lmdb-store.js';

const seed = testSeed();
const built = (name: string) => fileURLToPath(new URL(`../dist/testing/${name}`, import.meta.url));
const coded = (code: StoreErrorCode) => expect.objectContaining({ code });
const key = (...bytes: number[]) => Uint8Array.from(bytes);

describeStateStore('LmdbStore', async () => {
  const path = mkdtempSync(join(tmpdir(), 'flotilla-lmdb-'));
  const store = LmdbStore.open({ path });
  return {
    store,
    close: async () => {
      await store.close();
      rmSync(path, { recursive: true });
    },
  };
});

describe('LmdbStore', () => {
  let path: string;
  let stores: LmdbStore[];

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'flotilla-lmdb-'));
    stores = [];
  });

  afterEach(async () => {
    for (const store of stores) await store.close();
    rmSync(path, { recursive: true });
  });

  const open = (readOnly = false) => {
    const store = LmdbStore.open({ path, readOnly });
    stores.push(store);
    return store;
  };

  const commit = (store: LmdbStore, records: readonly (readonly [Uint8Array, Uint8Array])[]) => {
    const batch = new WriteBatch();
    for (const [id, value] of records) batch.put('meta', id, value);
    return store.commit(batch);
  };

  it('keeps its records when it is closed and opened again', async () => {
    const store = open();
    await commit(store, [[key(1), key(2)]]);
    await store.close();
    expect(open().get('meta', key(1))).toEqual(key(2));
  });

  it('waits on closing for the commits under way', async () => {
    const store = open();
    void commit(store, [[key(1), key(2)]]);
    await store.close();
    expect(open().get('meta', key(1))).toEqual(key(2));
  });

  it('is locked while it is open', async () => {
    const store = open();
    expect(() => open()).toThrow(coded(StoreErrorCode.DatabaseLocked));
    await store.close();
    open();
  });

  it('takes over a lock whose owner is gone, or is another process of the same pid', async () => {
    const lock = join(path, 'lock');
    for (const owner of [
      { pid: 2 ** 22 + 1, startedAt: '1', bootId: '' },
      { pid: process.pid, startedAt: '1', bootId: '' },
    ]) {
      writeFileSync(lock, JSON.stringify(owner));
      await open().close();
    }
    writeFileSync(lock, 'half a lo');
    await open().close();
  });

  it('refuses everything once it is closed', async () => {
    const store = open();
    await store.close();
    expect(() => store.get('meta', key(1))).toThrow(coded(StoreErrorCode.Closed));
    expect(() => store.range('meta', {})).toThrow(coded(StoreErrorCode.Closed));
    await expect(commit(store, [])).rejects.toEqual(coded(StoreErrorCode.Closed));
  });

  it('refuses writes when it is opened for reading', async () => {
    await open().close();
    const reader = open(true);
    await expect(commit(reader, [])).rejects.toEqual(coded(StoreErrorCode.ReadOnly));
  });

  it('says clearly that a folder holds no database', () => {
    writeFileSync(join(path, 'data.mdb'), 'this is no database, and was never one'.repeat(300));
    expect(() => open()).toThrow(coded(StoreErrorCode.CorruptRecord));
  });

  it('grows with what is put in', async () => {
    const store = open();
    const value = new Uint8Array(1_000_000).fill(7);
    for (let i = 0; i < 30; i++) {
      await commit(
        store,
        [0, 1, 2, 3].map((j) => [key(i, j), value] as const),
      );
    }
    expect(store.get('meta', key(29, 3))?.length).toBe(value.length);
    await store.close();
    expect(open().get('meta', key(0, 0))?.length).toBe(value.length);
  }, 60_000);

  it('says what each table takes, to readers beside the writer too', async () => {
    const store = open();
    const batch = new WriteBatch();
    for (let i = 0; i < 1_000; i++) batch.put('trie', key(i >> 8, i & 255), new Uint8Array(64));
    await store.commit(batch);
    const reader = open(true);
    const { trie, slots } = reader.tableSizes();
    expect(trie.entries).toBe(1_000);
    expect(trie.bytes).toBeGreaterThan(64_000);
    expect(trie.bytes).toBeLessThan(640_000);
    expect(slots).toEqual({ entries: 0, bytes: 0 });
  });

  it('shows a worker thread every durable commit', async () => {
    const store = open();
    await commit(store, [[key(1), key(0)]]);
    const worker = new Worker(built('read-worker.js'), { workerData: path });
    const failed = new Promise<never>((_, reject) => worker.once('error', reject));
    const read = () => {
      const answer = new Promise((resolve) => worker.once('message', resolve));
      worker.postMessage(key(1));
      return Promise.race([answer, failed]);
    };
    const seen: unknown[] = [];
    for (let i = 0; i < 50; i++) {
      await commit(store, [[key(1), key(i)]]);
      seen.push(await read());
    }
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage('close');
    await ended;
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => key(i)));
    await commit(store, [[key(1), key(99)]]);
    expect(store.get('meta', key(1))).toEqual(key(99));
  });

  it('rejects the commit that does not fit on the disk, and every one after it', () => {
    const script = `ulimit -f 1500; exec "${process.execPath}" "${built('fill-disk.js')}" "${path}"`;
    const { stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    const { committed, code, again } = JSON.parse(stdout);
    expect(code).toBe(StoreErrorCode.CommitFailed);
    expect(again).toBe(StoreErrorCode.CommitFailed);
    const rows = [...open().range('blocks', {})];
    expect(rows).toHaveLength(3 * committed);
  });
});

describe(`LmdbStore on damaged files (seed ${seed})`, () => {
  let path: string;
  const dataFile = () => join(path, 'data.mdb');

  beforeEach(async () => {
    path = mkdtempSync(join(tmpdir(), 'flotilla-lmdb-'));
    const store = LmdbStore.open({ path });
    for (let round = 0; round < 5; round++) {
      const batch = new WriteBatch();
      for (let i = 0; i < 50; i++) batch.put('slots', key(i), new Uint8Array(60).fill(0xc0 + i));
      batch.put('meta', key(1), key(round));
      await store.commit(batch);
    }
    await store.close();
  });

  afterEach(() => rmSync(path, { recursive: true }));

  it('finds any flipped bit of a meta page at open', async () => {
    const sound = readFileSync(dataFile());
    const guard = readFileSync(join(path, 'meta.guard'));
    for (const page of [0, 4096]) {
      for (let bit = 0; bit < 168 * 8; bit += 5) {
        const damaged = Buffer.from(sound);
        damaged[page + (bit >> 3)] ^= 1 << (bit & 7);
        writeFileSync(dataFile(), damaged);
        expect(() => LmdbStore.open({ path })).toThrow(coded(StoreErrorCode.CorruptRecord));
      }
    }
    writeFileSync(dataFile(), sound);
    expect(readFileSync(join(path, 'meta.guard'))).toEqual(guard);
    await LmdbStore.open({ path }).close();
  });

  it('is not led to an older state, even without the record of the last commit', async () => {
    rmSync(join(path, 'meta.guard'));
    const sound = readFileSync(dataFile());
    const transaction = (page: number) => page + 24 + 128;
    const [older, newer] =
      sound.readBigUInt64LE(transaction(0)) < sound.readBigUInt64LE(transaction(4096))
        ? [0, 4096]
        : [4096, 0];
    const damaged = Buffer.from(sound);
    damaged.writeBigUInt64LE(sound.readBigUInt64LE(transaction(newer)) + 7n, transaction(older));
    writeFileSync(dataFile(), damaged);
    expect(() => LmdbStore.open({ path })).toThrow(coded(StoreErrorCode.CorruptRecord));
    writeFileSync(dataFile(), sound);
    await LmdbStore.open({ path }).close();
  });

  it('finds a data file that is gone', () => {
    rmSync(dataFile());
    expect(() => LmdbStore.open({ path })).toThrow(coded(StoreErrorCode.CorruptRecord));
  });

  it('finds a flipped bit of a record at its read, and serves the others', async () => {
    const random = new SeededRandom(seed);
    const damaged = readFileSync(dataFile());
    const value = Buffer.alloc(60, 0xc0 + 20);
    for (let at = damaged.indexOf(value); at >= 0; at = damaged.indexOf(value, at + 60)) {
      damaged[at + random.below(60)] ^= 1 << random.below(8);
    }
    writeFileSync(dataFile(), damaged);
    const store = LmdbStore.open({ path, readOnly: true });
    try {
      expect(() => store.get('slots', key(20))).toThrow(coded(StoreErrorCode.CorruptRecord));
      expect(() => [...store.range('slots', {})]).toThrow(coded(StoreErrorCode.CorruptRecord));
      expect(store.get('slots', key(21))).toEqual(new Uint8Array(60).fill(0xc0 + 21));
    } finally {
      await store.close();
    }
  });
});
