import { readdirSync, readFileSync } from 'node:fs';

/** Kernel ticks per second, as `sysconf(_SC_CLK_TCK)` has it on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** CPU time in seconds that a process has used since it started; 0 when it is gone. */
export function cpuSeconds(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return 0;
  // The name in parentheses may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Anonymous memory in bytes: what a process really holds, without LMDB's mapped pages. */
export function anonymousBytes(pid: number): number {
  return 1024 * Number(/^RssAnon:\s+(\d+)/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0);
}

/** Bytes of a process that are in memory, shared pages and mapped files included. */
export function residentBytes(pid: number): number {
  return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0);
}

/** A process and everything it started. */
export function processTree(pid: number): number[] {
  let tasks: string[];
  try {
    tasks = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  const children = tasks.flatMap((task) =>
    (read(`/proc/${pid}/task/${task}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(processTree)];
}

/** CPU time of several processes from now on. */
export class CpuMeter {
  readonly #before: ReadonlyMap<number, number>;

  constructor(private readonly pids: readonly number[]) {
    this.#before = new Map(pids.map((pid) => [pid, cpuSeconds(pid)]));
  }

  seconds(): number {
    return this.pids.reduce((sum, pid) => sum + cpuSeconds(pid) - (this.#before.get(pid) ?? 0), 0);
  }
}
