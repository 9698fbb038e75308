import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * Who of the platform goes first where there is more to do than cores; chains' processes are at 0. Every chain waits for
 * the gateway. For the control plane only those wait who create or wake a chain, and a crowd of these must not be felt by
 * chains that serve.
 */
export const PLATFORM_NICE = { gateway: -5, orchestrator: 5 } as const;

/**
 * Sets this process's priority, -20 (first) to 19 (last).
 * @returns whether it could be set: only root may raise it
 */
export function setOwnPriority(nice: number): boolean {
  try {
    setPriority(nice);
    setSession(nice);
    return true;
  } catch {
    return false;
  }
}

/** Of Linux, where it makes each session a group that gets its share as a whole (`sched_autogroup`). */
const AUTOGROUP = '/proc/self/autogroup';

/** A process's priority counts within its session's group only, where there are such; a daemon has one of its own. */
function setSession(nice: number): void {
  if (existsSync(AUTOGROUP) && sessionId() === process.pid) writeFileSync(AUTOGROUP, String(nice));
}

function sessionId(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // After the name in parentheses, which may hold spaces: state, parent, group, session.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}
