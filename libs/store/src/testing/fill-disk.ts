import { writeSync } from 'node:fs';
import { WriteBatch } from '@flotilla/state';
import { LmdbStore } from '../lmdb-store.js';

/** A process for tests, run under a limit on file sizes: commits until that fails, and tells how. */
const store = LmdbStore.open({ path: process.argv[2] });
let committed = 0;
try {
  for (;;) {
    const batch = new WriteBatch();
    const value = new Uint8Array(100_000).fill(committed + 1);
    for (const row of [0, 1, 2]) batch.put('blocks', Uint8Array.of(committed, row), value);
    await store.commit(batch);
    committed++;
  }
} catch (error) {
  const again = await store.commit(new WriteBatch()).catch((refusal) => refusal.code);
  writeSync(1, JSON.stringify({ committed, code: (error as { code: string }).code, again }));
  process.exit(0);
}
