import { Worker } from 'node:worker_threads';
import type { SpawnThread, Thread } from './thread.js';

/** Node's worker threads. A worker ends when its role closes its channel; none is ever terminated from outside. */
export const spawnWorkerThread: SpawnThread = (role, options): Thread => {
  const worker = new Worker(new URL('./worker-entry.js', import.meta.url), {
    name: role,
    workerData: { role, options },
  });
  let failure: Error | undefined;
  worker.on('error', (error) => {
    failure = error;
  });
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen: (handler) => worker.on('message', handler),
    onEnd: (handler) =>
      worker.once('exit', (code) =>
        handler(failure ?? (code === 0 ? undefined : new Error(`exit code ${code}`))),
      ),
  };
};
