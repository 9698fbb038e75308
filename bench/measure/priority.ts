import { writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Ahead of everything that is measured, the gateway included. */
const NICE = -10;

/**
 * A user's client has a machine of its own: here its process, which has to lead a session, doesn't wait for those that
 * it asks. Only root may do that. Returns the niceness that it has now.
 */
export function raisePriority(): number {
  try {
    setPriority(NICE);
    // Where Linux divides time between sessions first, this is the priority among them.
    writeFileSync('/proc/self/autogroup', String(NICE));
  } catch {
    // Its own waiting counts then, and stands in the report as its lag.
  }
  return getPriority();
}
