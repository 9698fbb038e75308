import type { Clock, Logger } from '@flotilla/common';
import {
  type AutoscalePolicy,
  type ChainLoad,
  limitsOf,
  OrchestrationError,
  replicasOf,
  type ScaleStatus,
} from '@flotilla/orchestration';
import type { ChainStore, StoredChain } from '@flotilla/persistence';
import type { WorkSignal } from '../chains/work-signal.js';
import type { LiveChains } from '../telemetry/live-chains.js';

export interface AutoscalerModules {
  readonly policy: AutoscalePolicy;
  readonly live: Pick<LiveChains, 'get'>;
  readonly all: () => readonly StoredChain[];
  readonly chains: Pick<ChainStore, 'update'>;
  readonly work: Pick<WorkSignal, 'add'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const TICK_MS = 2_000;

/** Asks the policy about every chain that may grow or shrink, and writes down what it decides. */
export class Autoscaler {
  #cancel: () => void = () => {};
  #isStopped = false;

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
      else this.modules.policy.forget(chain.id);
    }
  }

  async #look(chain: StoredChain): Promise<void> {
    const { policy, chains, work, clock, logger } = this.modules;
    const load = this.#load(chain);
    if (load === undefined) return;
    const current = currentScale(chain);
    const decision = policy.decide(chain.id, current, chain.spec.scale, load, clock.now());
    if (decision === undefined) return;
    const { scale, reason } = decision;
    const data = { from: { ...current }, to: { ...scale }, reason };
    try {
      const status = { ...chain.status, scale };
      await chains.update(chain, { status }, [{ type: 'chain.scaled', data }]);
      work.add(chain.id);
      logger.info('chain scaled', { chain: chain.name, ...data });
    } catch (error) {
      if (error instanceof OrchestrationError) return;
      logger.warn('chain not scaled', { chain: chain.name, error: String(error) });
    }
  }

  #load(chain: StoredChain): ChainLoad | undefined {
    const live = this.modules.live.get(chain.name);
    if (live === undefined) return undefined;
    const most = limitsOf(chain.spec).host.cpuPercent ?? 100 * this.options.cores;
    const { cpuPercent, queueDepth, readP99Ms } = live.live;
    return { cpuShare: cpuPercent / most, queueDepth, readP99Ms };
  }
}

function currentScale(chain: StoredChain): ScaleStatus {
  const { min, max } = chain.spec.scale.workers;
  const workers = Math.min(max, Math.max(min, chain.status.scale?.workers ?? min));
  return { replicas: replicasOf(chain), workers };
}

function mayScale({ spec }: StoredChain): boolean {
  const { replicas, workers } = spec.scale;
  return spec.runtime === 'managed' && (replicas.max > replicas.min || workers.max > workers.min);
}
