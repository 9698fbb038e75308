import { setTimeout as pause } from 'node:timers/promises';

export interface Pace {
  readonly perSecond: number;
  /** Absent: until the signal. */
  readonly count?: number;
  /** What falls due within so long is done in one go. */
  readonly quantumMs?: number;
  readonly delayMs?: number;
  readonly signal?: AbortSignal;
}

/** An open loop: the n-th turn is due at its own time, however long the turns before it take. */
export async function pace(
  { perSecond, count = Number.POSITIVE_INFINITY, quantumMs = 0, delayMs = 0, signal }: Pace,
  turn: (n: number, dueAt: number) => void,
): Promise<void> {
  const startedAt = performance.now() + delayMs;
  const dueAt = (n: number) => startedAt + (n * 1_000) / perSecond;
  for (let n = 0; n < count && signal?.aborted !== true; ) {
    const now = performance.now();
    for (; n < count && dueAt(n) <= now; n++) turn(n, dueAt(n));
    await pause(Math.max(quantumMs, dueAt(n) - performance.now()));
  }
}
