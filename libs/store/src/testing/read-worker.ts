import { parentPort, workerData } from 'node:worker_threads';
import { LmdbStore } from '../lmdb-store.js';

/** A worker thread for tests: reads beside the writer. Each message is a key of 'meta' to be read. */
const store = LmdbStore.open({ path: workerData as string, readOnly: true });

parentPort!.on('message', (key: Uint8Array | 'close') => {
  if (key === 'close') {
    void store.close().then(() => parentPort!.close());
    return;
  }
  store.refresh();
  parentPort!.postMessage(store.get('meta', key));
});
