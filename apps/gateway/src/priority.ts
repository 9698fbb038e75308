import { setPriority } from 'node:os';
import type { Logger } from '@flotilla/common';

/** Ahead of the chains' processes, which share the host's cores with it; below what the system itself needs. */
const NICE = -5;

/**
 * Raises the gateway's priority: every chain waits for it. Only root may do that; without, the gateway relies on its own
 * bounds and on the chains' control groups.
 */
export function raisePriority(logger: Logger): void {
  try {
    setPriority(NICE);
  } catch {
    logger.info('the gateway runs at normal priority: raising it takes root');
  }
}
