import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const V1_ROOT = '/sys/fs/cgroup/memory';
const V2_ROOT = '/sys/fs/cgroup';

interface Hierarchy {
  readonly root: string;
  readonly limitFile: string;
  /** Of a line of /proc/<pid>/cgroup, what comes before the path. */
  readonly prefix: RegExp;
  readonly eventsFile: string;
}

const V1: Hierarchy = {
  root: V1_ROOT,
  limitFile: 'memory.limit_in_bytes',
  prefix: /^\d+:memory:/,
  eventsFile: 'memory.oom_control',
};
const V2: Hierarchy = {
  root: V2_ROOT,
  limitFile: 'memory.max',
  prefix: /^0::/,
  eventsFile: 'memory.events',
};

/** A memory cgroup of version 1 or 2, where the machine lets us make one. */
export class MemoryCgroup {
  private constructor(
    private readonly hierarchy: Hierarchy,
    private readonly folder: string,
  ) {}

  /** Undefined where cgroups are missing or not ours to make. */
  static create(limitBytes: number): MemoryCgroup | undefined {
    const hierarchy = existsSync(join(V1_ROOT, V1.limitFile)) ? V1 : V2;
    const folder = join(hierarchy.root, `flotilla-bench-${process.pid}`);
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, hierarchy.limitFile), String(limitBytes));
    } catch {
      return undefined;
    }
    return new MemoryCgroup(hierarchy, folder);
  }

  /**
   * While `work` runs, what the process starts is born in the cgroup, so that all of its memory counts. The process
   * itself goes back afterwards.
   */
  async adoptChildrenOf<Result>(pid: number, work: () => Promise<Result>): Promise<Result> {
    const { prefix, root } = this.hierarchy;
    const line = readFileSync(`/proc/${pid}/cgroup`, 'utf8')
      .split('\n')
      .find((each) => prefix.test(each));
    const home = join(root, line?.replace(prefix, '') ?? '/');
    this.#move(this.folder, pid);
    try {
      return await work();
    } finally {
      this.#move(home, pid);
    }
  }

  pids(): number[] {
    return readFileSync(join(this.folder, 'cgroup.procs'), 'utf8').trim().split('\n').map(Number);
  }

  /** How often the kernel killed a process for want of memory. */
  kills(): number {
    const events = readFileSync(join(this.folder, this.hierarchy.eventsFile), 'utf8');
    return Number(/^oom_kill (\d+)/m.exec(events)?.[1] ?? 0);
  }

  /** Once its processes have ended. */
  remove(): void {
    rmdirSync(this.folder);
  }

  #move(folder: string, pid: number): void {
    writeFileSync(join(folder, 'cgroup.procs'), String(pid));
  }
}
