import type { ScaleStatus } from '../status/chain-status.js';

/** How busy a chain's processes are, each about as busy as the next: requests go to them in turn. */
export interface ChainLoad {
  /** Of what its limits let a process have: 0 to 1. */
  readonly cpuShare: number;
  /** Calls that wait for a worker. */
  readonly queueDepth: number;
  readonly readP99Ms: number;
}

export interface ScaleBounds {
  readonly workers: { readonly min: number; readonly max: number };
  readonly replicas: { readonly min: number; readonly max: number };
}

export interface AutoscaleOptions {
  /** Busy from here on … */
  readonly busyCpuShare: number;
  readonly busyP99Ms: number;
  /** … and quiet below: between the two nothing changes. Of CPU, what it would be with one replica less. */
  readonly quietCpuShare: number;
  readonly quietP99Ms: number;
  /** How long it must have been busy, or quiet, without a break. */
  readonly upAfterMs: number;
  readonly downAfterMs: number;
  /** After a change it shows first what it was good for. */
  readonly coolDownMs: number;
}

export const DEFAULT_AUTOSCALE_OPTIONS: AutoscaleOptions = {
  busyCpuShare: 0.75,
  busyP99Ms: 250,
  quietCpuShare: 0.4,
  quietP99Ms: 50,
  upAfterMs: 5_000,
  downAfterMs: 60_000,
  coolDownMs: 15_000,
};

export interface ScaleDecision {
  readonly scale: ScaleStatus;
  /** In words, with the figures. */
  readonly reason: string;
}

interface Memory {
  busySince: number | undefined;
  quietSince: number | undefined;
  changedAt: number;
}

/**
 * When a chain grows and shrinks. Calls that wait for a worker get another one; when there are as many as there may be,
 * or something else is short, another replica comes. Shrinking goes the other way round, more slowly.
 */
export class AutoscalePolicy {
  readonly #memory = new Map<string, Memory>();

  constructor(readonly options: AutoscaleOptions = DEFAULT_AUTOSCALE_OPTIONS) {}

  forget(key: string): void {
    this.#memory.delete(key);
  }

  /** Undefined: as it is. To be asked every few seconds. */
  decide(
    key: string,
    current: ScaleStatus,
    bounds: ScaleBounds,
    load: ChainLoad,
    nowMs: number,
  ): ScaleDecision | undefined {
    const memory = this.#memory.get(key) ?? {
      busySince: undefined,
      quietSince: undefined,
      changedAt: Number.NEGATIVE_INFINITY,
    };
    this.#memory.set(key, memory);
    const why = this.#busy(current, load);
    memory.busySince = why === undefined ? undefined : (memory.busySince ?? nowMs);
    memory.quietSince = this.#isQuiet(current, load) ? (memory.quietSince ?? nowMs) : undefined;
    if (nowMs - memory.changedAt < this.options.coolDownMs) return undefined;
    const decision = this.#change(memory, { current, bounds, load, why, nowMs });
    if (decision === undefined) return undefined;
    this.#memory.set(key, { busySince: undefined, quietSince: undefined, changedAt: nowMs });
    return decision;
  }

  #change(
    { busySince, quietSince }: Memory,
    situation: {
      readonly current: ScaleStatus;
      readonly bounds: ScaleBounds;
      readonly load: ChainLoad;
      readonly why: string | undefined;
      readonly nowMs: number;
    },
  ): ScaleDecision | undefined {
    const { upAfterMs, downAfterMs } = this.options;
    const { current, bounds, load, why, nowMs } = situation;
    if (why !== undefined && busySince !== undefined && nowMs - busySince >= upAfterMs) {
      return grown(current, bounds, load, why);
    }
    if (quietSince !== undefined && nowMs - quietSince >= downAfterMs) {
      return shrunk(current, bounds, `quiet for ${Math.round(downAfterMs / 1_000)} s`);
    }
    return undefined;
  }

  /** Why it is busy, in words. */
  #busy({ workers }: ScaleStatus, load: ChainLoad): string | undefined {
    const { busyCpuShare, busyP99Ms } = this.options;
    if (load.queueDepth > workers) return `${load.queueDepth} calls wait for ${workers} workers`;
    if (load.cpuShare >= busyCpuShare) return `CPU at ${percent(load.cpuShare)} of its limit`;
    if (load.readP99Ms >= busyP99Ms) return `reads take ${Math.round(load.readP99Ms)} ms (p99)`;
    return undefined;
  }

  #isQuiet({ replicas }: ScaleStatus, { cpuShare, queueDepth, readP99Ms }: ChainLoad): boolean {
    const { quietCpuShare, quietP99Ms } = this.options;
    const withOneLess = replicas === 0 ? cpuShare : (cpuShare * (replicas + 1)) / replicas;
    return queueDepth === 0 && withOneLess < quietCpuShare && readP99Ms < quietP99Ms;
  }
}

function grown(
  { workers, replicas }: ScaleStatus,
  bounds: ScaleBounds,
  { queueDepth }: ChainLoad,
  reason: string,
): ScaleDecision | undefined {
  if (queueDepth > 0 && workers < bounds.workers.max) {
    return { scale: { replicas, workers: workers + 1 }, reason };
  }
  if (replicas >= bounds.replicas.max) return undefined;
  return { scale: { workers, replicas: replicas + 1 }, reason };
}

function shrunk(
  { workers, replicas }: ScaleStatus,
  bounds: ScaleBounds,
  reason: string,
): ScaleDecision | undefined {
  if (replicas > bounds.replicas.min) {
    return { scale: { workers, replicas: replicas - 1 }, reason };
  }
  if (workers <= bounds.workers.min) return undefined;
  return { scale: { replicas, workers: workers - 1 }, reason };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
