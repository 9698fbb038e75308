import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

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
