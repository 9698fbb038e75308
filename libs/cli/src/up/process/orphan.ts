import { readFileSync } from 'node:fs';
import { identifyProcess, type ProcessIdentity } from '@flotilla/runtime-drivers';

/**
 * The process whose pid stands in the first line of `pidFile`, if its command line holds `mark`, an absolute
 * path of ours that no other program would be started with.
 */
export function findByPidFile(pidFile: string, mark: string): ProcessIdentity | undefined {
  const pid = pidIn(pidFile);
  if (pid === undefined || !commandLine(pid).includes(mark)) return undefined;
  return identifyProcess(pid);
}

export function pidIn(pidFile: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]);
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
