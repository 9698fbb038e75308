import { parentPort, workerData } from 'node:worker_threads';
import { loadRole, runRole } from './roles.js';
import type { Channel, ThreadRole } from './thread.js';
import { spawnWorkerThread } from './worker-threads.js';

interface Start {
  readonly role: ThreadRole;
  readonly options?: unknown;
  /** The options come later, as the first message. */
  readonly isAhead?: boolean;
}

const port = parentPort!;
const channel: Channel = {
  post: (message, transfer) => port.postMessage(message, transfer),
  listen: (handler) => port.on('message', handler),
};

async function optionsOf({ role, options, isAhead }: Start): Promise<unknown> {
  if (!isAhead) return options;
  const given = new Promise((resolve) => port.once('message', resolve));
  await loadRole(role);
  port.postMessage('ready');
  return given;
}

const start = workerData as Start;
await runRole(start.role, await optionsOf(start), channel, spawnWorkerThread);
port.close();
