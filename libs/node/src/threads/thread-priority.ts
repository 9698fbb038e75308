import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * By how much each thread gives way when there is more to do than cores. Clients wait for the ingress thread and for
 * calls, which have a little to do often: they go first. Then the writer, so that blocks are made in time; then what
 * comes in faster than blocks are made, which waits in any case; last what takes seconds.
 */
export const NICE = { writer: 8, recovery: 12, slow: 15 } as const;

/** The lowest priority. */
const MAX_NICE = 19;

/**
 * Has the calling thread, not its process, give way to others when there is more to do than cores.
 * Only Linux knows the priority of a thread; elsewhere, or without /proc, nothing happens.
 * @param nice by how much, from the process's own priority on
 */
export function lowerPriority(nice: number): void {
  if (process.platform !== 'linux') return;
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, Math.min(MAX_NICE, getPriority(thread) + nice));
  } catch {
    // A preference: the thread does its work at any priority.
  }
}
