import type { Clock, Logger } from '@flotilla/common';
import type { StateStore, WorldState } from '@flotilla/state';
import type { Header } from './block/types.js';
import type { ChainIdentity } from './config.js';
import { ConsoleTracer } from './dev/console-tracer.js';
import { loadDevTime } from './dev/dev-time.js';
import { Finality } from './execution/finality.js';
import { Forks } from './execution/forks.js';
import { FeeOracle } from './fees/fee-oracle.js';
import { Caller } from './query/caller.js';
import { ChainState } from './query/chain-state.js';
import { Simulator } from './query/simulate/simulator.js';
import { BlockTracer } from './query/trace/block-tracer.js';
import type { ResolvedConfig } from './resolved-config.js';
import { SettingsSchedule } from './settings/settings-schedule.js';
import { ChainReader } from './storage/chain-reader.js';

/** What reading a chain takes. */
export interface ViewParts {
  readonly config: ResolvedConfig;
  readonly identity: ChainIdentity;
  readonly genesis: Header;
  readonly reader: ChainReader;
  readonly state: ChainState;
  readonly forks: Forks;
  readonly schedule: SettingsSchedule;
  readonly caller: Caller;
  readonly tracer: BlockTracer;
  readonly simulator: Simulator;
  readonly oracle: FeeOracle;
  readonly finality: Finality;
  readonly clock: Clock;
  /** The newest durable header. */
  head(): Header;
}

export interface ViewModules {
  readonly store: StateStore;
  readonly world: WorldState;
  readonly clock: Clock;
  readonly genesis: Header;
  readonly logger: Logger;
  head(): Header;
}

export function assembleView(config: ResolvedConfig, modules: ViewModules): ViewParts {
  const { store, world, clock, logger, genesis, head } = modules;
  const { chainId, name } = config;
  const forks = new Forks(config.hardforks);
  const reader = new ChainReader({ store, newest: () => head().number });
  const state = new ChainState(world);
  const schedule = new SettingsSchedule(config.genesisSettings, { store });
  const limits = { chainId, limits: config.calls };
  const execution = { reader, state, forks, schedule, clock };
  return {
    config,
    identity: { chainId, name, genesisHash: genesis.hash },
    genesis,
    reader,
    state,
    forks,
    schedule,
    caller: new Caller(limits, {
      ...execution,
      ...(config.isDev && {
        devTime: () => loadDevTime(store),
        tracer: new ConsoleTracer({ logger }),
      }),
    }),
    tracer: new BlockTracer(limits, execution),
    simulator: new Simulator(limits, execution),
    oracle: new FeeOracle({ reader, schedule }),
    finality: new Finality(genesis, { store, reader }),
    clock,
    head,
  };
}
