import { readdirSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/**
 * Sets the priority of a process that was started in a session of its own: 0 is normal, 19 stands back behind everybody.
 * On Linux each thread has a priority by itself, inherited from whoever started it; and where sessions are scheduled as
 * groups (sched(7), autogroup), those of threads count among the session's own threads alone.
 */
export function setProcessNice(pid: number, nice: number): void {
  for (const thread of threadsOf(pid)) {
    attempt(() => setPriority(thread, nice));
  }
  if (process.platform === 'linux')
    attempt(() => writeFileSync(`/proc/${pid}/autogroup`, `${nice}`));
}

/** The main thread first: what it starts from then on has its new priority. */
function threadsOf(pid: number): readonly number[] {
  if (process.platform !== 'linux') return [pid];
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}

/** A preference: what has just ended, or may not be touched, goes on as it is. */
function attempt(change: () => void): void {
  try {
    change();
  } catch {
    // As said.
  }
}
