import type { Logger } from '@flotilla/common';
import type { InstanceLimits, InstanceSpec, InstanceUsage } from '@flotilla/orchestration';
import { setProcessNice } from '../process/process-priority.js';
import type { ControlGroups } from './control-groups.js';
import type { GroupsFound } from './detect-groups.js';
import { LOOK_MS, OverQuotaWatch } from './over-quota-watch.js';

/** A node that starts may use a whole core, whatever its ceiling: until it serves it does nobody else's work. */
const STARTING_CPU_PERCENT = 100;
/** It stands back behind everybody else for so long: what a node does first, when it serves already, is as much again. */
const START_BEHIND_MS = 3_000;
/** Without control groups chains at least stand back behind the platform. */
const FALLBACK_NICE = 5;
/** Without control groups, what starts ahead stands back behind chains too. */
const FALLBACK_BACKGROUND_NICE = 10;

/** The limits of the instances of one driver: by control groups, or by what every system has. */
export class InstanceGroups {
  readonly #groups: ControlGroups | undefined;
  readonly #reason: string | undefined;
  readonly #logger: Logger;
  /** The limits last given, as text, by group. */
  readonly #given = new Map<string, string>();
  readonly #degraded = new Map<string, string>();
  readonly #overQuota: OverQuotaWatch | undefined;
  /** Groups that stand back because what is in them only starts, each with the end of that. */
  readonly #starting = new Map<string, NodeJS.Timeout>();
  #looking: NodeJS.Timeout | undefined;

  constructor(found: GroupsFound, modules: { logger: Logger }) {
    this.#groups = found.groups;
    this.#reason = found.groups ? undefined : found.reason;
    this.#logger = modules.logger;
    if (found.groups === undefined) return;
    this.#overQuota = new OverQuotaWatch(found.groups, (group, error) =>
      this.#logger.warn('a group does not change its place', { group, error: String(error) }),
    );
    this.#looking = setInterval(() => this.#overQuota?.look(), LOOK_MS).unref();
  }

  get enforced(): boolean {
    return this.#groups !== undefined;
  }

  /** Makes the group of an instance that is about to start; the files by which it joins. */
  prepare(spec: InstanceSpec): readonly string[] {
    const { limits } = spec;
    if (limits === undefined || this.#groups === undefined) return [];
    const { cpuPercent } = limits;
    const starting = {
      ...limits,
      cpuPercent: cpuPercent === null ? null : Math.max(cpuPercent, STARTING_CPU_PERCENT),
    };
    try {
      this.#give(this.#groups, spec, starting);
      this.#startBehind(this.#groups, groupOf(spec));
      return this.#groups.joinFiles(groupOf(spec));
    } catch (error) {
      this.#degrade(spec, error);
      return [];
    }
  }

  /** Whoever serves goes first, but for so long only: on a machine that is busy throughout nothing would ever start. */
  #startBehind(groups: ControlGroups, group: string): void {
    this.#comeForward(group);
    if (!groups.standBack(group, true)) return;
    const timer = setTimeout(() => this.#comeForward(group), START_BEHIND_MS).unref();
    this.#starting.set(group, timer);
  }

  #comeForward(group: string): void {
    const timer = this.#starting.get(group);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#starting.delete(group);
    try {
      this.#groups?.standBack(group, false);
      this.#overQuota?.watch(group);
    } catch (error) {
      this.#logger.warn('a group does not come forward', { group, error: String(error) });
    }
  }

  /** Moves a process that was started ahead into the group that is prepared, before it opens the chain's data. */
  async adopt(spec: InstanceSpec, pid: number): Promise<void> {
    if (spec.limits === undefined || this.#groups === undefined) return;
    try {
      await this.#groups.join(groupOf(spec), pid);
    } catch (error) {
      this.#degrade(spec, error);
    }
  }

  /** After the start: is it where it should be? */
  started(spec: InstanceSpec, pid: number): void {
    // It began with the priority of whoever started it.
    if (isRoot()) setProcessNice(pid, 0);
    if (spec.limits !== undefined && this.#groups === undefined) this.#fallBack(spec, pid);
  }

  /** Brings a running instance under the limits of its spec. @throws RuntimeError `LIMIT_NOT_APPLIED` */
  async limit(spec: InstanceSpec, pid: number): Promise<void> {
    const { limits } = spec;
    if (limits === undefined) return;
    if (this.#groups === undefined) {
      this.#fallBack(spec, pid);
      return;
    }
    const group = groupOf(spec);
    this.#give(this.#groups, spec, limits);
    if (!this.#groups.holds(group, pid)) await this.#groups.join(group, pid);
    // A start may use up all that it gets.
    if (!this.#starting.has(group)) this.#overQuota?.watch(group);
    this.#degraded.delete(group);
  }

  /** What can be done without groups. */
  #fallBack(spec: InstanceSpec, pid: number): void {
    this.#degraded.set(groupOf(spec), this.#reason ?? '');
    if (spec.limits?.cpuPercent != null) setProcessNice(pid, FALLBACK_NICE);
  }

  /** For a process that starts ahead, until it is adopted. */
  async background(pid: number): Promise<void> {
    try {
      if (await this.#groups?.background(pid)) return;
    } catch (error) {
      this.#logger.warn('not in the background', { pid, error: String(error) });
    }
    if (isRoot()) setProcessNice(pid, FALLBACK_BACKGROUND_NICE);
  }

  degraded(spec: InstanceSpec): string | undefined {
    return this.#degraded.get(groupOf(spec));
  }

  usage(spec: InstanceSpec): InstanceUsage | undefined {
    return this.#groups?.usage(groupOf(spec));
  }

  oomKills(spec: InstanceSpec): number {
    return this.#groups?.usage(groupOf(spec))?.oomKills ?? 0;
  }

  /** The instance is gone for good. */
  remove(spec: InstanceSpec): void {
    const group = groupOf(spec);
    this.#given.delete(group);
    this.#degraded.delete(group);
    this.#comeForward(group);
    this.#overQuota?.forget(group);
    this.#groups?.remove(group);
  }

  /** Everybody comes forward. */
  close(): void {
    clearInterval(this.#looking);
    for (const group of this.#given.keys()) {
      this.#comeForward(group);
      this.#overQuota?.forget(group);
    }
  }

  #give(groups: ControlGroups, spec: InstanceSpec, limits: InstanceLimits): void {
    const group = groupOf(spec);
    const text = JSON.stringify(limits);
    if (this.#given.get(group) === text) return;
    this.#overQuota?.forget(group);
    groups.limit(group, limits);
    if (this.#starting.has(group)) groups.standBack(group, true);
    this.#given.set(group, text);
  }

  #degrade(spec: InstanceSpec, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#logger.warn('limits not enforced', { chain: spec.chain, reason });
    this.#degraded.set(groupOf(spec), reason);
  }
}

function groupOf({ instance }: InstanceSpec): string {
  return instance;
}

/** Only root can take back that a process stands back. */
function isRoot(): boolean {
  return process.getuid?.() === 0;
}
