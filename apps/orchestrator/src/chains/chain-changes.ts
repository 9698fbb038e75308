import type { Clock } from '@flotilla/common';
import type { ChainStore, StoredChain } from '@flotilla/persistence';
import type { ChainSignal } from './chain-signal.js';

const POLL_MS = 1_000;

/** Waits for a chain's row to become what a caller wants to see. */
export class ChainChanges {
  constructor(
    readonly modules: {
      readonly chains: ChainStore;
      readonly signal: ChainSignal;
      readonly clock: Clock;
    },
  ) {}

  /** The row once it satisfies the condition; undefined when that takes too long. @throws PersistenceError */
  async waitFor(
    id: string,
    condition: (chain: StoredChain) => boolean,
    timeoutMs: number,
  ): Promise<StoredChain | undefined> {
    const { clock, chains } = this.modules;
    const deadline = clock.now() + timeoutMs;
    for (;;) {
      const changed = this.#next(id, Math.min(POLL_MS, Math.max(1, deadline - clock.now())));
      const chain = await chains.get(id);
      if (chain && condition(chain)) return chain;
      if (clock.now() >= deadline) return undefined;
      await changed;
    }
  }

  /** Resolves at the chain's next write, or after the delay. */
  #next(id: string, delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.modules.clock.after(delayMs, () => finish());
      const stop = this.modules.signal.on((chain) => chain.id === id && finish());
      const finish = () => {
        cancel();
        stop();
        resolve();
      };
    });
  }
}
