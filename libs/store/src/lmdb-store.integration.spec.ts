import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeStateStore } from '@flotilla/testing';
import { LmdbStore } from './lmdb-store.js';

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
