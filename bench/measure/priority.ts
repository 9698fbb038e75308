import { writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * Ahead of everything that is measured, the gateway included: a user's client has a machine of its own, so its process
 * doesn't wait for those that it asks.
 */
export const AHEAD = -10;

/** Gives way to everything. */
export const POLITE = 19;

/** Of a process that leads a session; by default our own. Only root may raise one. Returns the niceness that it has now. */
export function setNiceness(niceness: number, pid = process.pid): number {
  try {
    setPriority(pid, niceness);
    // Where Linux divides time between sessions first, this is the priority among them.
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
  } catch {
    // Its own waiting counts then, and stands in the report as its lag.
  }
  return getPriority(pid);
}
