import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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

/** Controllers of version 1, each a tree of its own. */
export const V1_CONTROLLERS = ['cpu', 'cpuacct', 'memory', 'pids', 'blkio'] as const;
export type V1Controller = (typeof V1_CONTROLLERS)[number];

export interface GroupsV1Options {
  /** Our own group in each controller's tree; the chains' go below it, so that what bounds us bounds them. */
  readonly roots: Readonly<Partial<Record<V1Controller, string>>>;
  /** Name of our parent group; where there is none, what the names of our groups begin with. */
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
/**
 * In these trees the chains' groups lie beside all other processes, not under a parent: who stands back (`cpu.idle`) does
 * so among siblings only, and the platform's processes are to go before him, too. Linux often mounts both as one.
 */
const FLAT: readonly V1Controller[] = ['cpu', 'cpuacct'];
/** 1024 shares are version 2's weight of 100, and what a process of normal priority has. */
const SHARES_PER_WEIGHT = 10.24;
/** All chains' weights together. */
const WEIGHTS = 10_000;

/** Control groups of version 1: a group is a folder in each controller's tree. */
export class GroupsV1 implements ControlGroups {
  readonly version = 'v1';
  readonly controllers: readonly Controller[];
  /** Where each tree's groups lie: a group's path is this and, with nothing between, its name. */
  readonly #trees: ReadonlyMap<V1Controller, string>;
  /** As written: the kernel forgets a group's shares when it stands back. */
  readonly #shares = new Map<string, string>();

  /** @throws RuntimeError `LIMIT_NOT_APPLIED` when no group can be made */
  constructor(options: GroupsV1Options) {
    const { roots, parent, totalMemoryMb } = options;
    const trees = V1_CONTROLLERS.flatMap((controller) => {
      const root = roots[controller];
      const end = FLAT.includes(controller) ? '-' : '/';
      return root === undefined ? [] : [[controller, join(root, parent) + end] as const];
    });
    this.#trees = new Map(trees);
    this.controllers = trees.flatMap(([controller]) => NAMES[controller] ?? []);
    for (const parent of this.#parents) makeGroup(parent);
    if (totalMemoryMb !== undefined) this.#limitMemory('', totalMemoryMb);
  }

  limit(name: string, limits: InstanceLimits): void {
    const { cpuPercent, cpuWeight, memoryMb, pids, ioWeight } = limits;
    for (const folder of this.#folders(name)) makeGroup(folder);
    const quota = cpuPercent === null ? -1 : cpuQuotaUs(cpuPercent);
    this.#write('cpu', name, 'cpu.cfs_period_us', `${CPU_PERIOD_US}`);
    // May never be above the quota.
    this.#write('cpu', name, 'cpu.cfs_burst_us', '0');
    this.#write('cpu', name, 'cpu.cfs_quota_us', `${quota}`);
    if (quota > 0) this.#write('cpu', name, 'cpu.cfs_burst_us', `${quota}`);
    this.#shares.set(name, shares(cpuWeight));
    this.standBack(name, false);
    this.#limitMemory(name, memoryMb);
    this.#write('pids', name, 'pids.max', `${pids ?? 'max'}`);
    this.#write('blkio', name, 'blkio.bfq.weight', `${ioWeight}`);
  }

  joinFiles(name: string): readonly string[] {
    return this.#folders(name).map((folder) => join(folder, 'cgroup.procs'));
  }

  async join(name: string, pid: number): Promise<void> {
    for (const file of this.joinFiles(name)) await joinGroup(file, pid);
  }

  holds(name: string, pid: number): boolean {
    return this.joinFiles(name).every((file) =>
      readKernelFile(file)?.split('\n').includes(`${pid}`),
    );
  }

  usage(name: string): GroupUsage | undefined {
    if (!this.joinFiles(name).every((file) => existsSync(file))) return undefined;
    const file = (controller: V1Controller, base: string) =>
      join(this.#folder(controller, name) ?? '', base);
    return {
      cpuSeconds: seconds(readKernelNumber(file('cpuacct', 'cpuacct.usage'))),
      throttledSeconds: seconds(readKernelField(file('cpu', 'cpu.stat'), 'throttled_time')),
      memoryBytes: readKernelNumber(file('memory', 'memory.usage_in_bytes')),
      pids: readKernelNumber(file('pids', 'pids.current')),
      oomKills: readKernelField(file('memory', 'memory.oom_control'), 'oom_kill'),
    };
  }

  turnsFile(name: string): string | undefined {
    return this.#existing('cpu', name, 'cpu.stat');
  }

  standBack(name: string, isBack: boolean): boolean {
    const file = this.#existing('cpu', name, 'cpu.idle');
    if (file !== undefined) writeKernelFile(file, isBack ? '1' : '0');
    const known = this.#shares.get(name);
    if (!isBack && known !== undefined) this.#write('cpu', name, 'cpu.shares', known);
    return file !== undefined;
  }

  async background(pid: number): Promise<boolean> {
    const group = this.#folder('cpu', BACKGROUND_GROUP);
    if (group === undefined) return false;
    makeGroup(group);
    if (!this.standBack(BACKGROUND_GROUP, true)) return false;
    await joinGroup(join(group, 'cgroup.procs'), pid);
    return true;
  }

  remove(name: string): boolean {
    this.#shares.delete(name);
    return this.#folders(name).map(removeGroup).every(Boolean);
  }

  sweep(): boolean {
    const names = [...this.#trees.values()].flatMap((start) => {
      const [folder, prefix] = start.endsWith('/')
        ? [start, '']
        : [dirname(start), basename(start)];
      return groupsIn(folder)
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length));
    });
    return [...new Set(names)].map((name) => this.remove(name)).every(Boolean);
  }

  end(): boolean {
    return this.sweep() && this.#parents.map(removeGroup).every(Boolean);
  }

  get #parents(): readonly string[] {
    return [...this.#trees.values()].filter((start) => start.endsWith('/'));
  }

  #folder(controller: V1Controller, name: string): string | undefined {
    const start = this.#trees.get(controller);
    return start === undefined ? undefined : start + name;
  }

  #folders(name: string): string[] {
    return [...this.#trees.values()].map((start) => start + name);
  }

  /** Memory and memory with swap alike: no swap. The second may never be below the first, so the order depends. */
  #limitMemory(name: string, memoryMb: number | null): void {
    const value = memoryMb === null ? '-1' : `${memoryMb * 1024 * 1024}`;
    const files = ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'].flatMap(
      (base) => this.#existing('memory', name, base) ?? [],
    );
    if (files.length === 0) return;
    const current = readKernelNumber(files[0]) ?? 0;
    const isRaised = memoryMb === null || memoryMb * 1024 * 1024 > current;
    for (const file of isRaised ? files.toReversed() : files) writeKernelFile(file, value);
  }

  #existing(controller: V1Controller, name: string, base: string): string | undefined {
    const folder = this.#folder(controller, name);
    if (folder === undefined) return undefined;
    const file = join(folder, base);
    return existsSync(file) ? file : undefined;
  }

  /** A kernel without this file (an I/O scheduler without weights) goes without it. */
  #write(controller: V1Controller, name: string, base: string, value: string): void {
    const file = this.#existing(controller, name, base);
    if (file !== undefined) writeKernelFile(file, value);
  }
}

/** All chains together have what a parent of theirs would have. */
const shares = (weight: number) =>
  `${Math.max(2, Math.round((weight / WEIGHTS) * CHAINS_CPU_WEIGHT * SHARES_PER_WEIGHT))}`;
const seconds = (nanos: number | undefined) => (nanos === undefined ? undefined : nanos / 1e9);
