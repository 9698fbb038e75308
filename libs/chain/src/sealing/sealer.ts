import type { Clock, Logger } from '@flotilla/common';
import type { Blockchain } from '../blockchain.js';
import type { SealingConfig } from '../config.js';

export interface SealerModules {
  readonly chain: Blockchain;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Decides when the chain seals its next block. */
export class Sealer {
  constructor(
    readonly options: SealingConfig,
    readonly modules: SealerModules,
  ) {}

  start(): void {}

  /** Resolves when no block is being sealed any more. */
  async stop(): Promise<void> {}
}
