import { readFileSync } from 'node:fs';

/** Names one run of one process: a pid alone is used again after its process is gone. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In clock ticks since boot. Empty where there is no /proc to tell: then the pid alone has to do. */
  readonly startedAt: string;
  /** Ticks of different boots must not be compared. */
  readonly bootId: string;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Undefined when no such process lives. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === undefined) {
    const isAlive = process.platform !== 'linux' && answersSignals(pid);
    return isAlive ? { pid, startedAt: '', bootId: '' } : undefined;
  }
  // The second field is the command's name in parentheses, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const bootId = readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return { pid, startedAt: fields[19], bootId };
}

export function isAlive(identity: ProcessIdentity): boolean {
  const current = identifyProcess(identity.pid);
  return current?.startedAt === identity.startedAt && current.bootId === identity.bootId;
}
