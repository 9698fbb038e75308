import {
  type Capacity,
  type Chain,
  fairWeight,
  type ProcessorShares,
  processorShares,
} from '@flotilla/orchestration';

export interface ProcessorWeightsModules {
  /** Every chain that is not archived. */
  readonly chains: () => Iterable<Chain>;
  /** Calls back when a chain's row has changed. */
  readonly onChange: (listener: () => void) => void;
}

/** What each instance weighs in the kernel's eyes, among all that are active now. */
export class ProcessorWeights {
  #shares: ProcessorShares | undefined;

  constructor(
    readonly capacity: Capacity,
    readonly modules: ProcessorWeightsModules,
  ) {
    modules.onChange(() => {
      this.#shares = undefined;
    });
  }

  /** 1 to 10000 */
  of(chain: Pick<Chain, 'spec' | 'status'>): number {
    this.#shares ??= processorShares(this.modules.chains(), this.capacity);
    return fairWeight(chain, this.#shares);
  }
}
