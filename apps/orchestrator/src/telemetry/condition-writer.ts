import type { Clock, Logger } from '@flotilla/common';
import { ChainWriter, OrchestrationError } from '@flotilla/orchestration';
import type { ChainStore, StoredChain } from '@flotilla/persistence';

const MAX_ATTEMPTS = 5;

type Conditions = StoredChain['status']['conditions'];

/** Changes a chain's conditions beside the reconciler. */
export class ConditionWriter {
  constructor(
    readonly modules: {
      readonly chains: ChainStore;
      readonly clock: Clock;
      readonly logger: Logger;
    },
  ) {}

  /** Never rejects: a condition that can't be written now is told again. */
  async write(chain: StoredChain, conditions: (writer: ChainWriter) => Conditions): Promise<void> {
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
