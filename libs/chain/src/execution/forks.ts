import { Evm, type Hardfork } from '@flotilla/evm';
import type { HardforkSchedule } from '../config.js';

/** Which rules are in force when, and one interpreter for each set of rules. */
export class Forks {
  readonly #schedule: HardforkSchedule;
  readonly #evms = new Map<Hardfork, Evm>();

  constructor(schedule: HardforkSchedule) {
    this.#schedule = schedule;
  }

  /** @param timestamp seconds since the Unix epoch */
  at(timestamp: number): Hardfork {
    const { prague, osaka } = this.#schedule;
    if (osaka !== undefined && timestamp >= osaka) return 'osaka';
    return prague !== undefined && timestamp >= prague ? 'prague' : 'cancun';
  }

  evm(hardfork: Hardfork): Evm {
    let evm = this.#evms.get(hardfork);
    if (evm === undefined) {
      evm = new Evm({ hardfork });
      this.#evms.set(hardfork, evm);
    }
    return evm;
  }
}
