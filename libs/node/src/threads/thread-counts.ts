import type { IngressOptions } from './ingress/ingress.js';

/** So many even on few cores: a long call then shares them with short ones instead of being waited for. */
const MIN_CALL_THREADS = 3;
const MAX_CALL_THREADS = 8;
const SLOW_THREADS = 2;
const MAX_RECOVERY_THREADS = 4;
/** The writer's and the ingress thread's. */
const BUSY_CORES = 2;

/** How many threads at most a node on so many cores has; they exist only while there is work for them. */
export function threadCounts(
  cores: number,
): Pick<IngressOptions, 'callThreads' | 'slowThreads' | 'recoveryThreads'> {
  return {
    callThreads: Math.min(Math.max(cores - 1, MIN_CALL_THREADS), MAX_CALL_THREADS),
    slowThreads: SLOW_THREADS,
    recoveryThreads: Math.min(Math.max(cores - BUSY_CORES, 1), MAX_RECOVERY_THREADS),
  };
}
