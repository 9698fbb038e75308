import type { InstanceLimits } from '@flotilla/orchestration';

/** What a group's processes have used since it was made; a figure whose controller is missing is absent. */
export interface GroupUsage {
  readonly cpuSeconds?: number;
  /** Time for which it had work and no quota left. */
  readonly throttledSeconds?: number;
  /** Page cache included. */
  readonly memoryBytes?: number;
  readonly pids?: number;
  /** Processes that the kernel killed at the memory limit. */
  readonly oomKills?: number;
}

export type Controller = 'cpu' | 'memory' | 'pids' | 'io';

/**
 * Groups of processes with limits, one for each instance, below a name of ours. All calls write a few bytes to the kernel,
 * at once but for those that move a process. Only processes that are named are ever moved.
 */
export interface ControlGroups {
  readonly version: 'v1' | 'v2';
  /** What can be limited here; never empty. */
  readonly controllers: readonly Controller[];
  /**
   * Makes the group if there is none and gives it these limits, also while it runs.
   * @throws RuntimeError `LIMIT_NOT_APPLIED`
   */
  limit(name: string, limits: InstanceLimits): void;
  /** Files that take a pid: whoever writes his own to each is in the group. The group must exist. */
  joinFiles(name: string): readonly string[];
  /** Moves a process, its threads included. @throws RuntimeError `LIMIT_NOT_APPLIED` when it is gone */
  join(name: string, pid: number): Promise<void>;
  /** Whether the process is in the group. */
  holds(name: string, pid: number): boolean;
  /** Undefined when there is no such group. */
  usage(name: string): GroupUsage | undefined;
  /** The kernel's counters of the group's turns, with `nr_periods` and `nr_throttled`; undefined without a quota of ours. */
  turnsFile(name: string): string | undefined;
  /**
   * In a group that stands back nobody runs while one that doesn't has work: whoever wakes up there goes first at once.
   * Its quota stays; new limits bring it forward. False where the kernel can't do that (before Linux 5.15).
   * @throws RuntimeError `LIMIT_NOT_APPLIED`
   */
  standBack(name: string, isBack: boolean): boolean;
  /**
   * Moves a process for which nobody waits to where it runs only while no group of ours has work. False where the kernel
   * can't do that. @throws RuntimeError `LIMIT_NOT_APPLIED`
   */
  background(pid: number): Promise<boolean>;
  /** Removes the group if nothing is in it; true when it is gone. */
  remove(name: string): boolean;
  /** Removes every group of ours in which nothing is: what a crash left behind. True when none is left. */
  sweep(): boolean;
  /** The same, and our parent group with them if that leaves it empty: nothing of ours runs any more. */
  end(): boolean;
}

/** Holds what runs in the background; no instance has this name. */
export const BACKGROUND_GROUP = 'background';

/**
 * Quotas are given out in turns this long, and what was left of the last turn may be used on top, up to another quota
 * (from Linux 5.14 on): long enough that a block of a chain that is well within its limit makes none of its readers wait.
 * Whoever uses up his quota turn after turn stands back meanwhile (`OverQuotaWatch`).
 */
export const CPU_PERIOD_US = 50_000;

/** What all chains together weigh beside the platform: as much as two of its processes. */
export const CHAINS_CPU_WEIGHT = 200;

export function cpuQuotaUs(cpuPercent: number): number {
  return Math.max(1_000, Math.round((cpuPercent / 100) * CPU_PERIOD_US));
}
