import { readFileSync } from 'node:fs';

/** User and system time of all of a process's threads so far, in seconds (proc(5), of 10 ms each). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
