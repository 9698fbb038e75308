import type { Clock } from '@flotilla/common';
import type { StateStore, WriteBatch } from '@flotilla/state';
import type { ChainEvents, EventEmitter } from '../events.js';
import { loadTampering, saveTampering, type Tampering } from './tampering.js';

/** Whether the chain was tampered with, as the writer knows it. Set once, never taken back. */
export class TamperMark {
  #tampering: Tampering | undefined;

  constructor(
    private readonly modules: {
      readonly store: StateStore;
      readonly clock: Clock;
      readonly events: EventEmitter<ChainEvents>;
    },
  ) {
    this.#tampering = loadTampering(modules.store);
  }

  get tampering(): Tampering | undefined {
    return this.#tampering;
  }

  /** Adds the mark to the commit of what bends; the first one stays. */
  set(by: string, block: number, batch: WriteBatch): void {
    if (this.#tampering !== undefined) return;
    this.#tampering = { by, block, at: this.modules.clock.now() };
    saveTampering(batch, this.#tampering);
    this.modules.events.emit('tampered', this.#tampering);
  }
}
