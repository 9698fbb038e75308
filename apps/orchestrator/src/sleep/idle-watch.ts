import type { Logger } from '@flotilla/common';
import type { Heartbeat } from '@flotilla/messaging';
import {
  isIdle,
  NOTHING_RESERVED,
  OrchestrationError,
  type ReservedShare,
  reservedBy,
  shortage,
} from '@flotilla/orchestration';
import type { ChainModification, ChainStore, StoredChain } from '@flotilla/persistence';
import type { ChainChanges } from '../chains/chain-changes.js';
import type { WorkSignal } from '../chains/work-signal.js';
import type { LiveChains } from '../telemetry/live-chains.js';

export interface IdleWatchModules {
  readonly chains: Pick<ChainStore, 'modify'>;
  readonly live: Pick<LiveChains, 'get'>;
  readonly changes: Pick<ChainChanges, 'waitFor'>;
  readonly all: () => readonly StoredChain[];
  readonly work: Pick<WorkSignal, 'add'>;
  readonly logger: Logger;
}

/** A chain that was used so lately is not taken for idle, however short memory is. */
const MIN_IDLE_MS = 30_000;
/** Whoever needs the memory waits no longer than this for it. */
const LEAVE_MS = 5_000;

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

  /**
   * Has the chain fall asleep that has not been used for longest; false when all that are not in use would not be enough,
   * and then nobody is disturbed. Never rejects.
   */
  async makeRoom(short: ReservedShare): Promise<boolean> {
    const candidates = this.#leastUsedFirst();
    const room = reservedBy([...this.modules.all().filter(isLeaving), ...candidates]);
    const [least] = candidates;
    if (least === undefined || shortage(room, NOTHING_RESERVED, short) !== undefined) return false;
    await this.#ask(least, { desired: 'sleeping', reason: 'another chain needs its memory' });
    const hasLeft = ({ status }: StoredChain) => status.phase !== 'Running';
    await this.modules.changes.waitFor(least.id, hasLeft, LEAVE_MS).catch(() => undefined);
    return true;
  }

  #leastUsedFirst(): StoredChain[] {
    // Who said that it never sleeps is believed, however short memory is.
    const isCandidate = ({ desired, spec, status }: StoredChain) =>
      desired === 'running' &&
      spec.runtime === 'managed' &&
      spec.sleep.afterSeconds !== null &&
      status.phase === 'Running';
    return this.modules
      .all()
      .filter(isCandidate)
      .map((chain) => ({ chain, idleMs: this.modules.live.get(chain.name)?.live.idleMs ?? 0 }))
      .filter(({ idleMs }) => idleMs >= MIN_IDLE_MS)
      .sort((a, b) => b.idleMs - a.idleMs)
      .map(({ chain }) => chain);
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

/** Told to go, and not gone yet: what it has will be free. */
function isLeaving({ desired, status }: StoredChain): boolean {
  return desired === 'sleeping' && status.phase === 'Running';
}
