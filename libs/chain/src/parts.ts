import type { Clock, Hash, Logger } from '@flotilla/common';
import type { StateStore } from '@flotilla/state';
import type { Header } from './block/types.js';
import type { ChainConfig, ChainIdentity } from './config.js';
import { type ChainEvents, EventEmitter } from './events.js';
import { ChainWriter } from './execution/chain-writer.js';
import { Finality } from './execution/finality.js';
import { Forks } from './execution/forks.js';
import { HistoryWindow } from './execution/history-window.js';
import { lowestFeeCap } from './fees/base-fee.js';
import { FeeOracle } from './fees/fee-oracle.js';
import { openStore } from './genesis/open-store.js';
import type { TransactionJournal } from './journal.js';
import { Caller } from './query/caller.js';
import { ChainState } from './query/chain-state.js';
import { configHash, type ResolvedConfig, resolveConfig } from './resolved-config.js';
import { ChainReader } from './storage/chain-reader.js';
import type { Transaction } from './transaction/types.js';
import { Intake } from './txpool/intake.js';
import { NewestState } from './txpool/pool-state.js';
import { TxPool } from './txpool/txpool.js';

/** What a chain is made of. */
export interface ChainParts {
  readonly config: ResolvedConfig;
  readonly identity: ChainIdentity;
  readonly genesis: Header;
  readonly events: EventEmitter<ChainEvents>;
  readonly reader: ChainReader;
  readonly state: ChainState;
  readonly forks: Forks;
  readonly caller: Caller;
  readonly oracle: FeeOracle;
  readonly pool: TxPool;
  readonly intake: Intake;
  readonly finality: Finality;
  readonly writer: ChainWriter;
  /** Transactions of the block that is written but not durable. */
  readonly unsettled: ReadonlyMap<Hash, Transaction>;
  /** A durable write failed. */
  isBroken(): boolean;
}

export interface AssemblyModules {
  readonly store: StateStore;
  readonly journal: TransactionJournal;
  readonly clock: Clock;
  readonly logger: Logger;
  onFatal(error: unknown): void;
}

/** Opens the store and joins the parts. @throws ChainError `GENESIS_MISMATCH`, `INVALID_CONFIG`, `CORRUPT_CHAIN` */
export async function assemble(
  chainConfig: ChainConfig,
  modules: AssemblyModules,
): Promise<ChainParts> {
  const { store, journal, clock, logger } = modules;
  const config = resolveConfig(chainConfig);
  const forks = new Forks(config.hardforks);
  const { world, genesis, head } = await openStore(config, { store, clock, forks });
  const events = new EventEmitter<ChainEvents>((error) =>
    logger.error('an event handler failed', { error }),
  );
  const unsettled = new Map<Hash, Transaction>();
  let isBroken = false;
  const onFatal = (error: unknown) => {
    isBroken = true;
    modules.onFatal(error);
  };

  let writer: ChainWriter | undefined;
  const newest = () => (writer?.head ?? head).number;
  const reader = new ChainReader({ store, newest });
  const state = new ChainState(world);
  const { chainId, name } = config;
  const caller = new Caller({ chainId, limits: config.calls }, { reader, state, forks, clock });
  const finality = new Finality(genesis, { store, reader });
  const window = new HistoryWindow(config.history, {
    headerByNumber: (number) => reader.headerByNumber(number),
    finalized: () => finality.number('finalized'),
    oldestKept: world.head?.oldestBlock ?? 0,
  });
  const oracle = new FeeOracle(config, { reader });
  const rules = {
    chainId: BigInt(chainId),
    gasLimit: config.gasLimit,
    lowestFeeCap: lowestFeeCap(config.fees),
    allowUnprotected: config.allowUnprotected,
  };
  const pool = new TxPool(config.pool, {
    state: new NewestState(world),
    rules: () => ({ ...rules, hardfork: forks.at(Math.floor(clock.now() / 1000)) }),
  });
  const intake = new Intake(
    {
      chainId: BigInt(chainId),
      awaitsInclusion: config.isDev && config.sealing.mode === 'instant',
    },
    {
      ...{ pool, journal, events, clock, logger, onFatal },
      isMined: (hash) => reader.isMined(hash),
      nextBaseFee: () => oracle.nextBaseFee(writer?.head ?? head),
    },
  );
  writer = new ChainWriter(config, head, {
    ...{ store, world, reader, forks, pool, intake, window, clock, logger, onFatal },
    onWritten(transactions) {
      for (const tx of transactions) unsettled.set(tx.hash, tx);
    },
    onDurable(sealed) {
      unsettled.clear();
      events.emit('block', sealed);
    },
  });
  return {
    config,
    identity: { chainId, name, genesisHash: genesis.hash, configHash: configHash(config) },
    genesis,
    events,
    reader,
    state,
    forks,
    caller,
    oracle,
    pool,
    intake,
    finality,
    writer,
    unsettled,
    isBroken: () => isBroken,
  };
}
