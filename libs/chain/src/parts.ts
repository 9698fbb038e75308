import type { Clock, Logger } from '@flotilla/common';
import type { StateStore } from '@flotilla/state';
import type { ChainConfig, SealingConfig } from './config.js';
import { type DevParts, devParts } from './dev/dev-parts.js';
import { RecordingStore } from './dev/recording-store.js';
import { type ChainEvents, EventEmitter } from './events.js';
import { ChainWriter, type ConfirmBlock } from './execution/chain-writer.js';
import { HistoryWindow } from './execution/history-window.js';
import { Unsettled } from './execution/unsettled.js';
import { openStore } from './genesis/open-store.js';
import type { TransactionJournal } from './journal.js';
import { resolveConfig } from './resolved-config.js';
import type { ScheduledSettings, SettingsInput } from './settings/chain-settings.js';
import { PoolRules } from './settings/pool-rules.js';
import { changeSettings } from './settings/settings-change.js';
import { Intake } from './txpool/intake.js';
import { NewestState } from './txpool/pool-state.js';
import { TxPool } from './txpool/txpool.js';
import { assembleView, type ViewParts } from './view-parts.js';

/** What a chain is made of. */
export interface ChainParts extends ViewParts {
  readonly events: EventEmitter<ChainEvents>;
  readonly pool: TxPool;
  readonly intake: Intake;
  readonly writer: ChainWriter;
  changeSettings(input: SettingsInput, generation: number): Promise<ScheduledSettings>;
  /** By the newest settings. */
  sealing(): SealingConfig;
  readonly unsettled: Pick<Unsettled, 'get' | 'size'>;
  /** Undefined on production chains. */
  readonly dev: DevParts | undefined;
  /** A durable write failed. */
  isBroken(): boolean;
}

export interface AssemblyModules {
  readonly store: StateStore;
  readonly journal: TransactionJournal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly confirmBlock?: ConfirmBlock;
  readonly holds?: boolean;
  onFatal(error: unknown): void;
  checkRoom?(): void;
}

/** Opens the store and joins the parts. @throws ChainError `GENESIS_MISMATCH`, `INVALID_CONFIG`, `CORRUPT_CHAIN` */
export async function assemble(
  chainConfig: ChainConfig,
  modules: AssemblyModules,
): Promise<ChainParts> {
  const { journal, clock, logger } = modules;
  const config = resolveConfig(chainConfig);
  const recording = config.isDev ? new RecordingStore(modules.store) : undefined;
  const store = recording ?? modules.store;
  const { world, genesis, head } = await openStore(config, { store, clock });
  const events = new EventEmitter<ChainEvents>((error) =>
    logger.error('an event handler failed', { error }),
  );
  const unsettled = new Unsettled();
  let isBroken = false;
  const onFatal = (error: unknown) => {
    isBroken = true;
    modules.onFatal(error);
  };

  let writer: ChainWriter | undefined;
  const newest = () => writer?.head ?? head;
  const view = assembleView(config, { store, world, clock, logger, genesis, head: newest });
  const { reader, forks, finality, oracle, schedule } = view;
  const window = new HistoryWindow(config.history, {
    headerByNumber: (number) => reader.headerByNumber(number),
    finalized: () => finality.number('finalized'),
    oldestKept: () => world.head?.oldestBlock ?? 0,
  });
  const rules = new PoolRules(config, { schedule, forks, clock });
  const dev = recording && devParts(recording, { world, window, clock, events });
  const pool = new TxPool(config.pool, {
    state: new NewestState(world),
    rules: () => rules.now(),
  });
  const intake = new Intake(
    {
      chainId: BigInt(config.chainId),
      awaitsInclusion: config.isDev,
      holds: modules.holds,
    },
    {
      ...{ pool, journal, events, clock, logger, onFatal },
      isMined: (hash) => reader.isMined(hash),
      nextBaseFee: () => dev?.shaper.next.baseFee ?? oracle.nextBaseFee(newest()),
    },
  );
  const shaper = dev?.shaper;
  const chainWriter = new ChainWriter(config, head, {
    ...{ store, world, reader, forks, schedule, pool, intake, window, clock, logger, onFatal },
    ...{ shaper, tracer: view.caller.tracer, checkRoom: modules.checkRoom },
    confirmBlock: modules.confirmBlock,
    onWritten: (transactions) => unsettled.hold(transactions),
    onDurable(sealed) {
      unsettled.clear();
      events.emit('block', sealed);
    },
  });
  writer = chainWriter;
  const sealing = () => schedule.newest.settings.sealing ?? config.sealing;
  return {
    ...view,
    ...{ events, pool, intake, writer: chainWriter, unsettled, dev },
    sealing,
    async changeSettings(input, generation) {
      const modules = { schedule, writer: chainWriter, intake, logger };
      const inForce = await changeSettings(input, generation, modules);
      events.emit('sealing', sealing());
      return inForce;
    },
    isBroken: () => isBroken,
  };
}
