import { type Clock, sleep } from '@flotilla/common';
import { RuntimeError, RuntimeErrorCode } from '../errors.js';
import { isAlive, type ProcessIdentity, signalProcess } from './process-identity.js';

export interface StopProcessOptions {
  /** Between the polite signal and SIGKILL, in milliseconds. */
  readonly graceMs: number;
  /** What asks it to stop cleanly; SIGTERM unless the program wants another. */
  readonly signal?: NodeJS.Signals;
}

const POLL_MS = 25;
const KILL_WAIT_MS = 10_000;

/**
 * Ends a process by its identity, never by name. Resolves once it is gone; nothing to end is success.
 * @throws RuntimeError `STOP_FAILED` (retryable)
 */
export async function stopProcess(
  identity: ProcessIdentity,
  options: StopProcessOptions,
  clock: Clock,
): Promise<void> {
  signalProcess(identity, options.signal ?? 'SIGTERM');
  if (await isGone(identity, options.graceMs, clock)) return;
  signalProcess(identity, 'SIGKILL');
  if (await isGone(identity, KILL_WAIT_MS, clock)) return;
  throw new RuntimeError(RuntimeErrorCode.StopFailed, `process ${identity.pid} does not end`, {
    data: identity,
    retryable: true,
  });
}

async function isGone(identity: ProcessIdentity, waitMs: number, clock: Clock): Promise<boolean> {
  const deadline = clock.now() + waitMs;
  while (isAlive(identity)) {
    if (clock.now() >= deadline) return false;
    await sleep(clock, POLL_MS);
  }
  return true;
}
