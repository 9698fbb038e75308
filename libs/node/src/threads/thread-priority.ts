import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * Has the calling thread, not its process, give way to others when there is more to do than cores.
 * Only Linux knows the priority of a thread; elsewhere nothing happens.
 * @param nice from 0, as everybody else, to 19, the lowest
 */
export function lowerPriority(nice: number): void {
  if (process.platform !== 'linux') return;
  setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), nice);
}
