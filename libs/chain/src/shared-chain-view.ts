import type { Clock, Logger } from '@flotilla/common';
import { type StateStore, WorldState } from '@flotilla/state';
import type { Header } from './block/types.js';
import { ChainView } from './chain-view.js';
import type { ChainConfig } from './config.js';
import { loadHead, loadHeader } from './genesis/open-store.js';
import { resolveConfig } from './resolved-config.js';
import { assembleView, type ViewParts } from './view-parts.js';

export interface SharedChainViewModules {
  /** Opened for reading; another thread or process writes it. */
  readonly store: StateStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A chain as seen beside its writer: it stays at one block until it is refreshed. */
export class SharedChainView extends ChainView {
  readonly #modules: SharedChainViewModules;
  readonly #viewed: ViewParts;
  #head: Header;

  private constructor(config: ChainConfig, modules: SharedChainViewModules) {
    const { store, clock, logger } = modules;
    const resolved = resolveConfig(config);
    const world = new WorldState({ archive: resolved.history.archive, readOnly: true }, { store });
    const newest: { head?: () => Header } = {};
    const parts = assembleView(resolved, {
      ...{ store, world, clock, logger, genesis: loadHeader(store, 0) },
      head: () => newest.head!(),
    });
    super(config, parts);
    this.#modules = modules;
    this.#viewed = parts;
    this.#head = loadHead(store);
    newest.head = () => this.#head;
  }

  /** @throws ChainError `CORRUPT_CHAIN` when the store holds no chain */
  static open(config: ChainConfig, modules: SharedChainViewModules): SharedChainView {
    return new SharedChainView(config, modules);
  }

  /** Moves on to the store's newest block; the store itself must show it already. */
  refresh(): void {
    this.#head = loadHead(this.#modules.store);
    this.#viewed.finality.reload();
    this.#viewed.schedule.reload();
  }

  /** The writer has taken blocks back: what was decoded of them is forgotten. */
  forget(): void {
    this.#viewed.reader.forget();
  }
}
