import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
    raiseSession();
  } catch {
    logger.info('the gateway runs at normal priority: raising it takes root');
  }
}

/** Of Linux, where it makes each session a group that gets its share as a whole (`sched_autogroup`). */
const AUTOGROUP = '/proc/self/autogroup';

/** A process's priority counts within its session's group only, where there are such; a daemon has one of its own. */
function raiseSession(): void {
  if (existsSync(AUTOGROUP) && sessionId() === process.pid) writeFileSync(AUTOGROUP, String(NICE));
}

function sessionId(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // After the name in parentheses, which may hold spaces: state, parent, group, session.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}
