import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Hierarchy {
  readonly root: string;
  readonly limitFile: string;
  /** Of a line of /proc/<pid>/cgroup, what comes before the path. */
  readonly prefix: RegExp;
  readonly eventsFile: string;
}

const V1: Hierarchy = {
  root: '/sys/fs/cgroup/memory',
  limitFile: 'memory.limit_in_bytes',
  prefix: /^\d+:memory:/,
  eventsFile: 'memory.oom_control',
};
const V2: Hierarchy = {
  root: '/sys/fs/cgroup',
  limitFile: 'memory.max',
  prefix: /^0::/,
  eventsFile: 'memory.events',
};

/** The memory cgroup, of version 1 or 2, in which the driver keeps a chain's process. */
export class MemoryCgroup {
  private constructor(
    private readonly hierarchy: Hierarchy,
    private readonly folder: string,
  ) {}

  /** Undefined where the process has no limit. */
  static of(pid: number): MemoryCgroup | undefined {
    const hierarchy = existsSync(join(V1.root, V1.limitFile)) ? V1 : V2;
    const { prefix, root } = hierarchy;
    const line = readFileSync(`/proc/${pid}/cgroup`, 'utf8')
      .split('\n')
      .find((each) => prefix.test(each));
    if (line === undefined) return undefined;
    const group = new MemoryCgroup(hierarchy, join(root, line.replace(prefix, '')));
    return group.limitBytes <= Number.MAX_SAFE_INTEGER ? group : undefined;
  }

  /** Not a number where the kernel says `max`. */
  get limitBytes(): number {
    return Number(this.#read(this.hierarchy.limitFile));
  }

  pids(): number[] {
    return this.#read('cgroup.procs').trim().split('\n').map(Number);
  }

  /** How often the kernel killed a process for want of memory. */
  kills(): number {
    return Number(/^oom_kill (\d+)/m.exec(this.#read(this.hierarchy.eventsFile))?.[1] ?? 0);
  }

  #read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }
}
