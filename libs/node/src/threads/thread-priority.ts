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
 * @param nice by how much, from its priority on
 * @returns what takes that back, if the process may, which takes root; to be called by the same thread
 */
export function lowerPriority(nice: number): () => void {
  if (process.platform !== 'linux') return () => {};
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    const before = getPriority(thread);
    setPriority(thread, Math.min(MAX_NICE, before + nice));
    return () => raise(thread, before);
  } catch {
    // A preference: the thread does its work at any priority.
    return () => {};
  }
}

function raise(thread: number, nice: number): void {
  try {
    setPriority(thread, nice);
  } catch {
    // It goes on as it is.
  }
}
