import type { Clock, Logger } from '@flotilla/common';
import { ChainWriter, OrchestrationError } from '@flotilla/orchestration';
import type { ChainStore, StoredChain } from '@flotilla/persistence';

/** Failing for this long is worth telling; a root that restarts is not. */
const PATIENCE_MS = 15_000;
const MAX_ATTEMPTS = 5;

/** Keeps the condition `AnchoringDelayed` of each chain true to what happens. */
export class DelayWatch {
  readonly #failingSince = new Map<string, number>();

  constructor(
    readonly modules: {
      readonly chains: ChainStore;
      readonly clock: Clock;
      readonly logger: Logger;
    },
  ) {}

  async failed(chain: StoredChain, code: string, message: string): Promise<void> {
    const now = this.modules.clock.now();
    const since = this.#failingSince.get(chain.id) ?? now;
    this.#failingSince.set(chain.id, since);
    if (now - since < PATIENCE_MS) return;
    await this.#write(chain, (writer) =>
      writer.conditions({ type: 'AnchoringDelayed', status: true, reason: code, message }),
    );
  }

  async succeeded(chain: StoredChain): Promise<void> {
    this.#failingSince.delete(chain.id);
    const told = chain.status.conditions.some((c) => c.type === 'AnchoringDelayed');
    if (told) await this.#write(chain, (writer) => writer.without('AnchoringDelayed'));
  }

  async #write(
    chain: StoredChain,
    conditions: (writer: ChainWriter) => StoredChain['status']['conditions'],
  ): Promise<void> {
    const { chains, clock, logger } = this.modules;
    for (let attempt = 1; ; attempt++) {
      try {
        const current = await chains.get(chain.id);
        if (!current || current.archivedAt !== null) return;
        const writer = new ChainWriter(current, { chains, now: () => clock.now() });
        return await writer.setStatus({ conditions: conditions(writer) });
      } catch (error) {
        // The reconciler writes the same row: whoever comes second starts from what is there.
        if (error instanceof OrchestrationError && attempt < MAX_ATTEMPTS) continue;
        logger.debug('condition not written', { chain: chain.name, error: String(error) });
        return;
      }
    }
  }
}
