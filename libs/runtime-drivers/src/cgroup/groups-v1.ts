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
  makeGroup,
  readKernelField,
  readKernelFile,
  readKernelNumber,
  removeGroup,
  writeKernelFile,
} from './kernel-files.js';

/** Controllers of version 1, each a tree of its own. */
export const V1_CONTROLLERS = ['cpu', 'cpuacct', 'memory', 'pids', 'blkio'] as const;
export type V1Controller = (typeof V1_CONTROLLERS)[number];

export interface GroupsV1Options {
  /** Our own group in each controller's tree; the chains' go below it, so that what bounds us bounds them. */
  readonly roots: Readonly<Partial<Record<V1Controller, string>>>;
  /** Name of our parent group. */
  readonly parent: string;
  /** What all chains together may take, in MB; undefined: whatever there is. */
  readonly totalMemoryMb?: number;
}

const NAMES: Readonly<Partial<Record<V1Controller, Controller>>> = {
  cpu: 'cpu',
  memory: 'memory',
  pids: 'pids',
  blkio: 'io',
};
/** 1024 shares are version 2's weight of 100. */
const SHARES_PER_WEIGHT = 10.24;

/** Control groups of version 1: a group is a folder in each controller's tree. */
export class GroupsV1 implements ControlGroups {
  readonly version = 'v1';
  readonly controllers: readonly Controller[];
  readonly #trees: ReadonlyMap<V1Controller, string>;

  /** @throws RuntimeError `LIMIT_NOT_APPLIED` when no group can be made */
  constructor(options: GroupsV1Options) {
    const { roots, parent, totalMemoryMb } = options;
    const trees = V1_CONTROLLERS.flatMap((controller) => {
      const root = roots[controller];
      return root === undefined ? [] : [[controller, join(root, parent)] as const];
    });
    this.#trees = new Map(trees);
    this.controllers = trees.flatMap(([controller]) => NAMES[controller] ?? []);
    for (const folder of this.#trees.values()) makeGroup(folder);
    this.#write('cpu', '', 'cpu.shares', shares(CHAINS_CPU_WEIGHT));
    if (totalMemoryMb !== undefined) this.#limitMemory('', totalMemoryMb);
  }

  limit(name: string, limits: InstanceLimits): void {
    const { cpuPercent, cpuWeight, memoryMb, pids, ioWeight } = limits;
    for (const folder of this.#trees.values()) makeGroup(join(folder, name));
    this.standBack(name, false);
    const quota = cpuPercent === null ? -1 : cpuQuotaUs(cpuPercent);
    this.#write('cpu', name, 'cpu.cfs_period_us', `${CPU_PERIOD_US}`);
    // May never be above the quota.
    this.#write('cpu', name, 'cpu.cfs_burst_us', '0');
    this.#write('cpu', name, 'cpu.cfs_quota_us', `${quota}`);
    if (quota > 0) this.#write('cpu', name, 'cpu.cfs_burst_us', `${quota}`);
    this.#write('cpu', name, 'cpu.shares', shares(cpuWeight));
    this.#limitMemory(name, memoryMb);
    this.#write('pids', name, 'pids.max', `${pids ?? 'max'}`);
    this.#write('blkio', name, 'blkio.bfq.weight', `${ioWeight}`);
  }

  joinFiles(name: string): readonly string[] {
    return [...this.#trees.values()].map((folder) => join(folder, name, 'cgroup.procs'));
  }

  join(name: string, pid: number): void {
    for (const file of this.joinFiles(name)) writeKernelFile(file, `${pid}`);
  }

  holds(name: string, pid: number): boolean {
    return this.joinFiles(name).every((file) =>
      readKernelFile(file)?.split('\n').includes(`${pid}`),
    );
  }

  usage(name: string): GroupUsage | undefined {
    if (!this.joinFiles(name).every((file) => existsSync(file))) return undefined;
    const file = (controller: V1Controller, base: string) =>
      join(this.#trees.get(controller) ?? '', name, base);
    return {
      cpuSeconds: seconds(readKernelNumber(file('cpuacct', 'cpuacct.usage'))),
      throttledSeconds: seconds(readKernelField(file('cpu', 'cpu.stat'), 'throttled_time')),
      memoryBytes: readKernelNumber(file('memory', 'memory.usage_in_bytes')),
      pids: readKernelNumber(file('pids', 'pids.current')),
      oomKills: readKernelField(file('memory', 'memory.oom_control'), 'oom_kill'),
    };
  }

  turnsFile(name: string): string | undefined {
    return this.#existing(name, 'cpu.stat');
  }

  standBack(name: string, isBack: boolean): boolean {
    const file = this.#existing(name, 'cpu.idle');
    if (file !== undefined) writeKernelFile(file, isBack ? '1' : '0');
    return file !== undefined;
  }

  background(pid: number): boolean {
    const cpu = this.#trees.get('cpu');
    if (cpu === undefined) return false;
    makeGroup(join(cpu, BACKGROUND_GROUP));
    if (!this.standBack(BACKGROUND_GROUP, true)) return false;
    writeKernelFile(join(cpu, BACKGROUND_GROUP, 'cgroup.procs'), `${pid}`);
    return true;
  }

  remove(name: string): boolean {
    return [...this.#trees.values()]
      .map((folder) => removeGroup(join(folder, name)))
      .every(Boolean);
  }

  sweep(): void {
    const names = [...this.#trees.values()].flatMap((folder) => groupsIn(folder));
    for (const name of new Set(names)) this.remove(name);
  }

  end(): void {
    this.sweep();
    for (const folder of this.#trees.values()) removeGroup(folder);
  }

  /** Memory and memory with swap alike: no swap. The second may never be below the first, so the order depends. */
  #limitMemory(name: string, memoryMb: number | null): void {
    const folder = this.#trees.get('memory');
    if (folder === undefined) return;
    const value = memoryMb === null ? '-1' : `${memoryMb * 1024 * 1024}`;
    const files = ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes']
      .map((base) => join(folder, name, base))
      .filter((file) => existsSync(file));
    const current = readKernelNumber(files[0]) ?? 0;
    const isRaised = memoryMb === null || memoryMb * 1024 * 1024 > current;
    for (const file of isRaised ? files.toReversed() : files) writeKernelFile(file, value);
  }

  #existing(name: string, base: string): string | undefined {
    const file = join(this.#trees.get('cpu') ?? '', name, base);
    return this.#trees.has('cpu') && existsSync(file) ? file : undefined;
  }

  /** A kernel without this file (an I/O scheduler without weights) goes without it. */
  #write(controller: V1Controller, name: string, base: string, value: string): void {
    const folder = this.#trees.get(controller);
    if (folder === undefined) return;
    const file = join(folder, name, base);
    if (existsSync(file)) writeKernelFile(file, value);
  }
}

const shares = (weight: number) => `${Math.max(2, Math.round(weight * SHARES_PER_WEIGHT))}`;
const seconds = (nanos: number | undefined) => (nanos === undefined ? undefined : nanos / 1e9);
