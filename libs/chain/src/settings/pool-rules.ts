import type { Clock } from '@flotilla/common';
import type { Forks } from '../execution/forks.js';
import { lowestFeeCap } from '../fees/base-fee.js';
import type { ResolvedConfig } from '../resolved-config.js';
import type { ValidationRules } from '../txpool/validation.js';
import type { SettingsInForce, SettingsSchedule } from './settings-schedule.js';

export interface PoolRulesModules {
  readonly schedule: SettingsSchedule;
  readonly forks: Forks;
  readonly clock: Clock;
}

/** What the next block asks of a transaction; the same object until settings or fork change. */
export class PoolRules {
  readonly #config: ResolvedConfig;
  readonly #modules: PoolRulesModules;
  #rules: ValidationRules | undefined;
  #madeBy: SettingsInForce | undefined;

  constructor(config: ResolvedConfig, modules: PoolRulesModules) {
    this.#config = config;
    this.#modules = modules;
  }

  now(): ValidationRules {
    const { schedule, forks, clock } = this.#modules;
    const { newest } = schedule;
    const hardfork = forks.at(Math.floor(clock.now() / 1000));
    if (this.#rules?.hardfork === hardfork && this.#madeBy === newest) return this.#rules;
    const { settings, allow } = newest;
    this.#madeBy = newest;
    this.#rules = {
      hardfork,
      chainId: BigInt(this.#config.chainId),
      gasLimit: settings.gasLimit,
      lowestFeeCap: lowestFeeCap(settings.fees),
      allowUnprotected: this.#config.allowUnprotected,
      allow,
    };
    return this.#rules;
  }
}
