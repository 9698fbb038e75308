import { parentPort, workerData } from 'node:worker_threads';
import { runRole } from './roles.js';
import type { Channel, ThreadRole } from './thread.js';
import { spawnWorkerThread } from './worker-threads.js';

const port = parentPort!;
const channel: Channel = {
  post: (message, transfer) => port.postMessage(message, transfer),
  listen: (handler) => port.on('message', handler),
};
const { role, options } = workerData as { role: ThreadRole; options: unknown };
await runRole(role, options, channel, spawnWorkerThread);
port.close();
