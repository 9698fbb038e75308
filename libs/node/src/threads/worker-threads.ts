import { Worker } from 'node:worker_threads';
import type { SpawnThread, Thread, ThreadRole } from './thread.js';

const ENTRY = new URL('./worker-entry.js', import.meta.url);

/** Node's worker threads. A worker ends when its role closes its channel; none is ever terminated from outside. */
export const spawnWorkerThread: SpawnThread = (role, options): Thread =>
  asThread(new Worker(ENTRY, { name: role, workerData: { role, options } }));

/** Worker threads of which one was started ahead, with its code loaded, before anybody knew what it is for. */
export class PreparedThreads {
  readonly #waiting = new Map<ThreadRole, Worker>();

  /** Resolves when the thread waits for its options. */
  async prepare(role: ThreadRole): Promise<void> {
    const worker = new Worker(ENTRY, { name: role, workerData: { role, isAhead: true } });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', reject);
    });
    worker.removeAllListeners('error');
    this.#waiting.set(role, worker);
  }

  readonly spawn: SpawnThread = (role, options) => {
    const worker = this.#waiting.get(role);
    if (worker === undefined) return spawnWorkerThread(role, options);
    this.#waiting.delete(role);
    const thread = asThread(worker);
    thread.post(options);
    return thread;
  };
}

function asThread(worker: Worker): Thread {
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
}
