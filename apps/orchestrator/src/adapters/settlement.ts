import type { Chain, SettlementPort } from '@flotilla/orchestration';
import type { StoredChain } from '@flotilla/persistence';
import type { AnchoringRelay } from '../relay/anchoring-relay.js';
import type { LiveChains } from '../telemetry/live-chains.js';

/** Before a planned stop: everything that the chain had when it was asked to stop is anchored. */
export class Settlement implements SettlementPort {
  readonly #targets = new Map<string, { generation: number; head: number }>();

  constructor(
    readonly modules: {
      readonly relay: AnchoringRelay;
      readonly live: LiveChains;
      readonly find: (name: string) => StoredChain | undefined;
    },
  ) {}

  async settle(chain: Chain): Promise<boolean> {
    const stored = this.modules.find(chain.name);
    const live = this.modules.live.get(chain.name);
    // A chain that nobody hears can't be asked, and one that only has genesis has nothing to anchor.
    if (!stored || !live || live.head.number === 0) return true;
    const target = this.#target(chain, live.head.number);
    const anchored = this.modules.relay.newestAnchor(stored)?.lastBlock ?? -1;
    if (anchored >= target) {
      this.#targets.delete(chain.id);
      return true;
    }
    try {
      this.modules.relay.requestProposal(stored, 'stopping');
      return false;
    } catch {
      return true;
    }
  }

  #target(chain: Chain, head: number): number {
    const known = this.#targets.get(chain.id);
    if (known?.generation === chain.generation) return known.head;
    this.#targets.set(chain.id, { generation: chain.generation, head });
    return head;
  }
}
