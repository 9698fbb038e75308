import type { Clock } from '@flotilla/common';
import type { CallLimits } from '../config.js';
import type { Forks } from '../execution/forks.js';
import type { SettingsSchedule } from '../settings/settings-schedule.js';
import type { ChainReader } from '../storage/chain-reader.js';
import type { ChainState } from './chain-state.js';

/** What whoever executes on the state of a block is told: calls, traces and simulations alike. */
export interface ExecutionOptions {
  readonly chainId: number;
  readonly limits: Required<CallLimits>;
}

/** What it takes to execute on the state of a block. No writer: worker threads have the same. */
export interface ExecutionModules {
  readonly reader: ChainReader;
  readonly state: ChainState;
  readonly forks: Forks;
  readonly schedule: SettingsSchedule;
  readonly clock: Clock;
}
