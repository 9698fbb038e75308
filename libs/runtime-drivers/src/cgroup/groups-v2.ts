import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { InstanceLimits } from '@flotilla/orchestration';
import {
  BACKGROUND_GROUP,
  CHAINS_CPU_WEIGHT,
  type ControlGroups,
  type Controller,
  CPU_PERIOD_US,
  cpuQuotaUs,
  type GroupUsage,
} from './control-groups.js';
import {
  groupsIn,
  joinGroup,
  makeGroup,
  readKernelField,
  readKernelFile,
  readKernelNumber,
  removeGroup,
  writeKernelFile,
} from './kernel-files.js';

export interface GroupsV2Options {
  /** A group without processes whose controllers we may hand on. */
  readonly root: string;
  /** Name of our parent group under it. */
  readonly parent: string;
  /** What all chains together may take, in MB; undefined: whatever there is. */
  readonly totalMemoryMb?: number;
}

const WANTED: readonly Controller[] = ['cpu', 'memory', 'pids', 'io'];

/** Control groups of version 2: one folder for each group, with the files of all controllers in it. */
export class GroupsV2 implements ControlGroups {
  readonly version = 'v2';
  readonly controllers: readonly Controller[];
  readonly #parent: string;
  /** As written: the kernel forgets a group's weight when it stands back. */
  readonly #weights = new Map<string, string>();

  /** @throws RuntimeError `LIMIT_NOT_APPLIED` when the root can't be used */
  constructor(options: GroupsV2Options) {
    const { root, parent, totalMemoryMb } = options;
    const present = readKernelFile(join(root, 'cgroup.controllers'))?.split(' ') ?? [];
    this.controllers = WANTED.filter((controller) => present.includes(controller));
    this.#parent = join(root, parent);
    this.#handOn(root);
    makeGroup(this.#parent);
    this.#handOn(this.#parent);
    if (this.#has('cpu')) this.#write('', 'cpu.weight', `${CHAINS_CPU_WEIGHT}`);
    if (this.#has('memory') && totalMemoryMb !== undefined) {
      this.#write('', 'memory.max', bytes(totalMemoryMb));
    }
  }

  limit(name: string, limits: InstanceLimits): void {
    const { cpuPercent, cpuWeight, memoryMb, pids, ioWeight } = limits;
    makeGroup(join(this.#parent, name));
    if (this.#has('cpu')) {
      const quota = cpuPercent === null ? 'max' : cpuQuotaUs(cpuPercent);
      // May never be above the quota.
      this.#writeBurst(name, 0);
      this.#write(name, 'cpu.max', `${quota} ${CPU_PERIOD_US}`);
      if (quota !== 'max') this.#writeBurst(name, quota);
      this.#weights.set(name, `${cpuWeight}`);
      this.standBack(name, false);
    }
    if (this.#has('memory')) {
      this.#write(name, 'memory.max', bytes(memoryMb));
      this.#write(name, 'memory.swap.max', '0');
      // All of an instance or nothing: half a process is no use.
      this.#write(name, 'memory.oom.group', '1');
    }
    if (this.#has('pids')) this.#write(name, 'pids.max', `${pids ?? 'max'}`);
    if (this.#has('io')) this.#write(name, 'io.weight', `default ${ioWeight}`);
  }

  joinFiles(name: string): readonly string[] {
    return [join(this.#parent, name, 'cgroup.procs')];
  }

  join(name: string, pid: number): Promise<void> {
    return joinGroup(join(this.#parent, name, 'cgroup.procs'), pid);
  }

  holds(name: string, pid: number): boolean {
    const pids = readKernelFile(join(this.#parent, name, 'cgroup.procs'))?.split('\n');
    return pids?.includes(`${pid}`) ?? false;
  }

  usage(name: string): GroupUsage | undefined {
    const file = (base: string) => join(this.#parent, name, base);
    if (readKernelFile(file('cgroup.procs')) === undefined) return undefined;
    return {
      cpuSeconds: seconds(readKernelField(file('cpu.stat'), 'usage_usec')),
      throttledSeconds: seconds(readKernelField(file('cpu.stat'), 'throttled_usec')),
      memoryBytes: readKernelNumber(file('memory.current')),
      pids: readKernelNumber(file('pids.current')),
      oomKills: readKernelField(file('memory.events'), 'oom_kill'),
    };
  }

  turnsFile(name: string): string | undefined {
    return this.#has('cpu') ? this.#existing(name, 'cpu.stat') : undefined;
  }

  standBack(name: string, isBack: boolean): boolean {
    const file = this.#has('cpu') ? this.#existing(name, 'cpu.idle') : undefined;
    if (file !== undefined) writeKernelFile(file, isBack ? '1' : '0');
    const known = this.#weights.get(name);
    if (!isBack && known !== undefined) this.#write(name, 'cpu.weight', known);
    return file !== undefined;
  }

  async background(pid: number): Promise<boolean> {
    makeGroup(join(this.#parent, BACKGROUND_GROUP));
    if (!this.standBack(BACKGROUND_GROUP, true)) return false;
    await this.join(BACKGROUND_GROUP, pid);
    return true;
  }

  remove(name: string): boolean {
    this.#weights.delete(name);
    return removeGroup(join(this.#parent, name));
  }

  sweep(): boolean {
    const names = groupsIn(this.#parent);
    return names.map((name) => this.remove(name)).every(Boolean);
  }

  end(): boolean {
    return this.sweep() && removeGroup(this.#parent);
  }

  /** One by one: a controller that can't be handed on takes no other with it. */
  #handOn(folder: string): void {
    const file = join(folder, 'cgroup.subtree_control');
    const enabled = readKernelFile(file)?.split(' ') ?? [];
    for (const controller of this.controllers) {
      if (!enabled.includes(controller)) writeKernelFile(file, `+${controller}`);
    }
  }

  #has(controller: Controller): boolean {
    return this.controllers.includes(controller);
  }

  /** Kernels before 5.14 go without. */
  #writeBurst(name: string, micros: number): void {
    const file = this.#existing(name, 'cpu.max.burst');
    if (file !== undefined) writeKernelFile(file, `${micros}`);
  }

  #existing(name: string, base: string): string | undefined {
    const file = join(this.#parent, name, base);
    return existsSync(file) ? file : undefined;
  }

  #write(name: string, base: string, value: string): void {
    writeKernelFile(join(this.#parent, name, base), value);
  }
}

const bytes = (mb: number | null) => (mb === null ? 'max' : `${mb * 1024 * 1024}`);
const seconds = (micros: number | undefined) => (micros === undefined ? undefined : micros / 1e6);
