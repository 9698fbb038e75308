import type { Clock } from '@flotilla/common';
import type { StoredChain } from '@flotilla/persistence';
import type { ConditionWriter } from '../telemetry/condition-writer.js';

/** Failing for this long is worth telling; a root that restarts is not. */
const PATIENCE_MS = 15_000;

/** Keeps the condition `AnchoringDelayed` of each chain true to what happens. */
export class DelayWatch {
  readonly #failingSince = new Map<string, number>();

  constructor(
    readonly modules: {
      readonly conditions: ConditionWriter;
      readonly clock: Clock;
    },
  ) {}

  async failed(chain: StoredChain, code: string, message: string): Promise<void> {
    const now = this.modules.clock.now();
    const since = this.#failingSince.get(chain.id) ?? now;
    this.#failingSince.set(chain.id, since);
    if (now - since < PATIENCE_MS) return;
    await this.modules.conditions.write(chain, (writer) =>
      writer.conditions({ type: 'AnchoringDelayed', status: true, reason: code, message }),
    );
  }

  async succeeded(chain: StoredChain): Promise<void> {
    this.#failingSince.delete(chain.id);
    const told = chain.status.conditions.some((c) => c.type === 'AnchoringDelayed');
    if (told)
      await this.modules.conditions.write(chain, (writer) => writer.without('AnchoringDelayed'));
  }
}
