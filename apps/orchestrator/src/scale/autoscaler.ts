import type { Clock, Logger } from '@flotilla/common';
import {
  type AutoscalePolicy,
  type ChainLoad,
  type ChainSize,
  limitsOf,
  OrchestrationError,
  OrchestrationErrorCode,
  replicasOf,
  type Scale,
  type ScaleBounds,
  type ScaleDecision,
  type ScaleStatus,
  sizeOf,
  sizesOf,
} from '@flotilla/orchestration';
import type { ChainStore, StoredChain } from '@flotilla/persistence';
import type { Admission } from '../capacity/admission.js';
import type { WorkSignal } from '../chains/work-signal.js';
import type { LiveChains } from '../telemetry/live-chains.js';

export interface AutoscalerModules {
  readonly policy: AutoscalePolicy;
  readonly admission: Pick<Admission, 'admit'>;
  readonly live: Pick<LiveChains, 'get'>;
  readonly all: () => readonly StoredChain[];
  readonly chains: Pick<ChainStore, 'appendEvents' | 'update'>;
  readonly work: Pick<WorkSignal, 'add'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const TICK_MS = 2_000;
/** A chain that goes on wanting what there is no room for says so once in so long. */
const REFUSAL_REPEAT_MS = 600_000;

/** Asks the policy about every chain that may grow or shrink, and writes down what it decides, if there is room for it. */
export class Autoscaler {
  #cancel: () => void = () => {};
  #isStopped = false;
  /** What each chain was refused last, as text, and when that was told. */
  readonly #refusals = new Map<string, { readonly wanted: string; readonly toldAt: number }>();

  constructor(
    /** Cores of this machine: what a process without a limit may take. */
    private readonly options: { readonly cores: number },
    private readonly modules: AutoscalerModules,
  ) {}

  start(): void {
    if (this.#isStopped) return;
    this.#cancel = this.modules.clock.after(TICK_MS, () => {
      void this.tick().finally(() => this.start());
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  /** Never rejects: the next one finds the same reasons. */
  async tick(): Promise<void> {
    for (const chain of this.modules.all()) {
      if (chain.status.phase === 'Running' && mayScale(chain)) await this.#look(chain);
      else this.#forget(chain.id);
    }
  }

  #forget(id: string): void {
    this.modules.policy.forget(id);
    this.#refusals.delete(id);
  }

  async #look(chain: StoredChain): Promise<void> {
    const { policy, clock, logger } = this.modules;
    const load = this.#load(chain);
    if (load === undefined) return;
    const decision = policy.decide(chain.id, scaleOf(chain), boundsOf(chain), load, clock.now());
    if (decision === undefined) return;
    try {
      await this.#change(chain, decision);
    } catch (error) {
      if (error instanceof OrchestrationError) return;
      logger.warn('chain not scaled', { chain: chain.name, error: String(error) });
    }
  }

  /** Takes no room from others: nobody is put to sleep for a chain that is busy. */
  async #change(chain: StoredChain, { scale, reason }: ScaleDecision): Promise<void> {
    const { admission, chains, work, logger } = this.modules;
    const data = { from: scaleOf(chain), to: scale, reason };
    const status = { ...chain.status, scale: noted(chain, scale) };
    const write = () => chains.update(chain, { status }, [{ type: 'chain.scaled', data }]);
    try {
      await admission.admit(chain, { ...chain, status }, write, { evicts: false });
    } catch (error) {
      if (!isNoCapacity(error)) throw error;
      return this.#refuse(chain, data, error);
    }
    this.#refusals.delete(chain.id);
    work.add(chain.id);
    logger.info('chain scaled', { chain: chain.name, ...data });
  }

  async #refuse(
    chain: StoredChain,
    data: { readonly from: Scale; readonly to: Scale; readonly reason: string },
    { message }: OrchestrationError,
  ): Promise<void> {
    const { chains, clock, logger, policy } = this.modules;
    const now = clock.now();
    policy.refused(chain.id, now);
    const wanted = JSON.stringify(data.to);
    const last = this.#refusals.get(chain.id);
    if (last?.wanted === wanted && now - last.toldAt < REFUSAL_REPEAT_MS) return;
    this.#refusals.set(chain.id, { wanted, toldAt: now });
    await chains.appendEvents(chain, [{ type: 'chain.scale-refused', data: { ...data, message } }]);
    logger.info('no room to scale a chain', { chain: chain.name, ...data, message });
  }

  #load(chain: StoredChain): ChainLoad | undefined {
    const live = this.modules.live.get(chain.name);
    if (live === undefined) return undefined;
    const size = sizeOf(chain);
    const sizes = sizesOf(chain);
    const smaller = sizes[sizes.indexOf(size) - 1] ?? size;
    const { cpuPercent, queueDepth, readP99Ms } = live.live;
    const shareOf = (of: ChainSize) => cpuPercent / this.#mostCpuPercent(chain, of);
    return {
      cpuShare: shareOf(size),
      cpuShareIfSmaller: shareOf(smaller),
      queueDepth,
      readP99Ms,
    };
  }

  #mostCpuPercent({ spec }: StoredChain, size: ChainSize): number {
    return limitsOf({ ...spec, size }).host.cpuPercent ?? 100 * this.options.cores;
  }
}

function scaleOf(chain: StoredChain): Scale {
  const { min, max } = chain.spec.scale.workers;
  const workers = Math.min(max, Math.max(min, chain.status.scale?.workers ?? min));
  return { replicas: replicasOf(chain), workers, size: sizeOf(chain) };
}

/** As it stands in the row: its owner's size goes without saying. */
function noted({ spec }: StoredChain, { size, ...scale }: Scale): ScaleStatus {
  return size === spec.size ? scale : { ...scale, size };
}

function boundsOf(chain: StoredChain): ScaleBounds {
  const { workers, replicas } = chain.spec.scale;
  return { workers, replicas, sizes: sizesOf(chain) };
}

function mayScale(chain: StoredChain): boolean {
  if (chain.spec.runtime !== 'managed') return false;
  const { workers, replicas, sizes } = boundsOf(chain);
  const isAtLeast = replicasOf(chain) >= replicas.min;
  const isFixed = replicas.max === replicas.min && workers.max === workers.min;
  return !isAtLeast || !isFixed || sizes.length > 1;
}

function isNoCapacity(error: unknown): error is OrchestrationError {
  return error instanceof OrchestrationError && error.code === OrchestrationErrorCode.NoCapacity;
}
