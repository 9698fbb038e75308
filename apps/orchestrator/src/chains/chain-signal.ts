import type { StoredChain } from '@flotilla/persistence';

type Listener = (chain: StoredChain) => unknown;

/** Passes on, inside this process, every committed change of a chain's row. */
export class ChainSignal {
  readonly #listeners = new Set<Listener>();

  emit(chain: StoredChain): void {
    for (const listener of this.#listeners) listener(chain);
  }

  on(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
