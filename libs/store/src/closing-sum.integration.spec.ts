import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WriteBatch } from '@flotilla/state';
import { isAsClosed, noteClosing } from './closing-sum.js';
import { LmdbStore } from './lmdb-store.js';

const folder = mkdtempSync(join(tmpdir(), 'flotilla-closing-'));
const data = join(folder, 'data.mdb');
const note = join(folder, 'closed.sum');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function fill(): Promise<LmdbStore> {
  const store = LmdbStore.open({ path: folder });
  const batch = new WriteBatch();
  for (let i = 0; i < 100; i++)
    batch.put('accounts', Uint8Array.of(1, i), new Uint8Array(200).fill(i));
  await store.commit(batch);
  return store;
}

it('is there once a store was closed, and gone while it is open', async () => {
  const store = await fill();
  expect(existsSync(note)).toBe(false);
  await store.close();
  const noted = readFileSync(note, 'utf8');
  expect(noted).toMatch(/^\d+ \d+\n$/);
  const again = LmdbStore.open({ path: folder });
  expect(existsSync(note)).toBe(false);
  await again.close();
  expect(existsSync(note)).toBe(true);
});

it('fits the file to the bit, once', () => {
  noteClosing(folder, data);
  expect(isAsClosed(folder, data)).toBe(true);
  expect(isAsClosed(folder, data)).toBe(false);
  noteClosing(folder, data);
  const bytes = readFileSync(data);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(data, bytes);
  expect(isAsClosed(folder, data)).toBe(false);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(data, bytes);
});

it('is nothing to rely on when it is torn or missing', () => {
  writeFileSync(note, '12');
  expect(isAsClosed(folder, data)).toBe(false);
  expect(isAsClosed(join(folder, 'nowhere'), data)).toBe(false);
});
