import type { ChainSize } from '../spec/sizes.js';

/** How busy a chain's processes are, each about as busy as the next: requests go to them in turn. */
export interface ChainLoad {
  /** Of what its limits let a process have: 0 to 1. */
  readonly cpuShare: number;
  /** What the share would be of the next smaller size's limits; the same when it has none. */
  readonly cpuShareIfSmaller: number;
  /** Calls that wait for a worker. */
  readonly queueDepth: number;
  readonly readP99Ms: number;
}

/** What a chain has of what can grow. */
export interface Scale {
  readonly workers: number;
  readonly replicas: number;
  readonly size: ChainSize;
}

export interface ScaleBounds {
  readonly workers: { readonly min: number; readonly max: number };
  readonly replicas: { readonly min: number; readonly max: number };
  /** Those that it may have, ascending. */
  readonly sizes: readonly ChainSize[];
}

export interface AutoscaleOptions {
  /** Busy from here on … */
  readonly busyCpuShare: number;
  readonly busyP99Ms: number;
  /** … and quiet below: between the two nothing changes. Of CPU, what it would be after the next step down. */
  readonly quietCpuShare: number;
  readonly quietP99Ms: number;
  /** How long it must have been busy, or quiet, without a break. */
  readonly upAfterMs: number;
  readonly downAfterMs: number;
  /** After a change it shows first what it was good for; what there was no room for is tried again no sooner. */
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
  readonly scale: Scale;
  /** In words, with the figures. */
  readonly reason: string;
}

interface Memory {
  busySince: number | undefined;
  quietSince: number | undefined;
  changedAt: number;
  refusedAt: number;
}

const UNKNOWN: Memory = {
  busySince: undefined,
  quietSince: undefined,
  changedAt: Number.NEGATIVE_INFINITY,
  refusedAt: Number.NEGATIVE_INFINITY,
};

/**
 * When a chain grows and shrinks. Calls that wait for a worker get another one; when there are as many as there may be,
 * or something else is short, another replica comes; when there are as many of those as there may be, the next larger
 * size. Shrinking goes the other way round, more slowly.
 */
export class AutoscalePolicy {
  readonly #memory = new Map<string, Memory>();

  constructor(readonly options: AutoscaleOptions = DEFAULT_AUTOSCALE_OPTIONS) {}

  forget(key: string): void {
    this.#memory.delete(key);
  }

  /** There was no room for what was decided. */
  refused(key: string, nowMs: number): void {
    this.#memory.set(key, { ...UNKNOWN, changedAt: nowMs, refusedAt: nowMs });
  }

  /** Undefined: as it is. To be asked every few seconds. */
  decide(
    key: string,
    current: Scale,
    bounds: ScaleBounds,
    load: ChainLoad,
    nowMs: number,
  ): ScaleDecision | undefined {
    const memory = this.#memory.get(key) ?? { ...UNKNOWN };
    this.#memory.set(key, memory);
    const missing = lacking(current, bounds);
    if (missing !== undefined) {
      return nowMs - memory.refusedAt < this.options.coolDownMs ? undefined : missing;
    }
    const why = this.#busy(current, load);
    memory.busySince = why === undefined ? undefined : (memory.busySince ?? nowMs);
    memory.quietSince = this.#isQuiet(current, bounds, load)
      ? (memory.quietSince ?? nowMs)
      : undefined;
    if (nowMs - memory.changedAt < this.options.coolDownMs) return undefined;
    const decision = this.#change(memory, { current, bounds, load, why, nowMs });
    if (decision === undefined) return undefined;
    this.#memory.set(key, { ...UNKNOWN, changedAt: nowMs });
    return decision;
  }

  #change(
    { busySince, quietSince }: Memory,
    situation: {
      readonly current: Scale;
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
  #busy({ workers }: Scale, load: ChainLoad): string | undefined {
    const { busyCpuShare, busyP99Ms } = this.options;
    if (load.queueDepth > workers) return `${load.queueDepth} calls wait for ${workers} workers`;
    if (load.cpuShare >= busyCpuShare) return `CPU at ${percent(load.cpuShare)} of its limit`;
    if (load.readP99Ms >= busyP99Ms) return `reads take ${Math.round(load.readP99Ms)} ms (p99)`;
    return undefined;
  }

  #isQuiet(current: Scale, bounds: ScaleBounds, load: ChainLoad): boolean {
    const { quietCpuShare, quietP99Ms } = this.options;
    const { queueDepth, readP99Ms } = load;
    const isCalm = queueDepth === 0 && readP99Ms < quietP99Ms;
    return isCalm && shareAfterStepDown(current, bounds, load) < quietCpuShare;
  }
}

/** Replicas that the spec asks for in any case. */
function lacking(current: Scale, { replicas: { min } }: ScaleBounds): ScaleDecision | undefined {
  if (current.replicas >= min) return undefined;
  const scale = { ...current, replicas: current.replicas + 1 };
  return { scale, reason: `at least ${min} read ${min === 1 ? 'replica' : 'replicas'} asked for` };
}

function grown(
  current: Scale,
  bounds: ScaleBounds,
  { queueDepth }: ChainLoad,
  reason: string,
): ScaleDecision | undefined {
  const { workers, replicas } = current;
  if (queueDepth > 0 && workers < bounds.workers.max) {
    return { scale: { ...current, workers: workers + 1 }, reason };
  }
  if (replicas < bounds.replicas.max) {
    return { scale: { ...current, replicas: replicas + 1 }, reason };
  }
  const size = bounds.sizes[bounds.sizes.indexOf(current.size) + 1];
  return size && { scale: { ...current, size }, reason };
}

function shrunk(current: Scale, bounds: ScaleBounds, reason: string): ScaleDecision | undefined {
  const { workers, replicas } = current;
  const size = smallerSize(current, bounds);
  if (size !== undefined) return { scale: { ...current, size }, reason };
  if (replicas > bounds.replicas.min) {
    return { scale: { ...current, replicas: replicas - 1 }, reason };
  }
  if (workers <= bounds.workers.min) return undefined;
  return { scale: { ...current, workers: workers - 1 }, reason };
}

function smallerSize({ size }: Scale, { sizes }: ScaleBounds): ChainSize | undefined {
  return sizes[sizes.indexOf(size) - 1];
}

function shareAfterStepDown(current: Scale, bounds: ScaleBounds, load: ChainLoad): number {
  const { replicas } = current;
  if (smallerSize(current, bounds) !== undefined) return load.cpuShareIfSmaller;
  return replicas === 0 ? load.cpuShare : (load.cpuShare * (replicas + 1)) / replicas;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
