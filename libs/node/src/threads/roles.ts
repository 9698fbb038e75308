import type { Channel, SpawnThread, ThreadMain, ThreadRole } from './thread.js';

/** Each role is loaded by itself: a thread holds in memory only what it needs. */
const ROLES: Readonly<Record<ThreadRole, () => Promise<{ readonly run: ThreadMain }>>> = {
  ingress: () => import('./ingress/run.js'),
  calls: () => import('./calls/run.js'),
  recovery: () => import('./recovery/run.js'),
};

/** Loads the role's code. */
export async function loadRole(role: ThreadRole): Promise<void> {
  await ROLES[role]();
}

/** Resolves when the role has nothing more to do. */
export async function runRole(
  role: ThreadRole,
  options: unknown,
  channel: Channel,
  spawn: SpawnThread,
): Promise<void> {
  const { run } = await ROLES[role]();
  await run(options as never, channel, spawn);
}
