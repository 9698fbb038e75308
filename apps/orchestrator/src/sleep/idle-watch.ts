import type { Logger } from '@flotilla/common';
import type { Heartbeat } from '@flotilla/messaging';
import { isIdle, OrchestrationError } from '@flotilla/orchestration';
import type { ChainModification, ChainStore, StoredChain } from '@flotilla/persistence';
import type { WorkSignal } from '../chains/work-signal.js';
import type { LiveChains } from '../telemetry/live-chains.js';

export interface IdleWatchModules {
  readonly chains: Pick<ChainStore, 'modify'>;
  readonly live: LiveChains;
  readonly all: () => readonly StoredChain[];
  readonly work: Pick<WorkSignal, 'add'>;
  readonly logger: Logger;
}

/** A chain that was used so lately is not taken for idle, however short memory is. */
const MIN_IDLE_MS = 30_000;

/** Decides, from heartbeats, which chains nobody uses. */
export class IdleWatch {
  constructor(
    readonly options: { readonly profile: 'dev' | 'production' },
    readonly modules: IdleWatchModules,
  ) {}

  /** Never rejects: the next heartbeat gives the same reason. */
  async beat(chain: StoredChain, beat: Heartbeat): Promise<void> {
    const pending = beat.txpool.pending > 0;
    if (beat.ending && pending && chain.desired === 'sleeping') {
      return this.#ask(chain, {
        desired: 'running',
        reason: 'a transaction came in at the last moment',
      });
    }
    if (beat.idleMs === undefined || !isIdle(chain, beat.idleMs, this.options.profile)) return;
    const seconds = Math.floor(beat.idleMs / 1_000);
    await this.#ask(chain, { desired: 'sleeping', reason: `not used for ${seconds} s` });
  }

  /** Has the chain fall asleep that has not been used for longest; undefined when all are in use. */
  async putLeastUsedToSleep(reason: string): Promise<StoredChain | undefined> {
    const candidates = this.modules
      .all()
      .filter(
        ({ desired, spec, status }) =>
          desired === 'running' && spec.runtime === 'managed' && status.phase === 'Running',
      )
      .map((chain) => ({ chain, idleMs: this.modules.live.get(chain.name)?.live.idleMs ?? 0 }))
      .filter(({ idleMs }) => idleMs >= MIN_IDLE_MS)
      .sort((a, b) => b.idleMs - a.idleMs);
    const least = candidates[0]?.chain;
    if (least) await this.#ask(least, { desired: 'sleeping', reason });
    return least;
  }

  async #ask(chain: StoredChain, change: ChainModification): Promise<void> {
    const { chains, work, logger } = this.modules;
    try {
      await chains.modify(chain, change);
      logger.info('asked for by what is seen', { chain: chain.name, ...change });
      work.add(chain.id);
    } catch (error) {
      // Somebody else wrote the row: what he wants counts.
      if (error instanceof OrchestrationError) return;
      logger.debug('not written', { chain: chain.name, error: String(error) });
    }
  }
}
