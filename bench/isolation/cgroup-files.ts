import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

const linesOf = (pid: number | 'self') =>
  readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');

/**
 * The `cgroup.procs` files by which another process joins the cgroups that a process is in and we are not.
 *
 * @throws when there is none: the process lives without limits, and so would whatever joined it
 */
export function cgroupFilesOf(pid: number): string[] {
  const ours = new Set(linesOf('self'));
  const files = linesOf(pid)
    .filter((line) => !ours.has(line))
    .map((line) => {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line)!;
      return join(ROOT, controllers, path, 'cgroup.procs');
    })
    .filter(existsSync);
  if (files.length === 0) throw new Error(`process ${pid} is in no cgroup of its own`);
  return files;
}
