import { type Clock, type Logger, systemClock } from '@flotilla/common';
import {
  ApiKeyStore,
  AuditStore,
  ChainStore,
  CheckpointStore,
  Database,
  EventStore,
  NatsAccountStore,
  OutboxStore,
} from '@flotilla/persistence';
import { createLogger, Metrics } from '@flotilla/platform';
import { type FactoryProvider, Global, Module } from '@nestjs/common';
import { ChainSignal } from '../chains/chain-signal.js';
import { openControlLink } from '../messaging/control-link.js';
import { RootConnection } from '../root-chain/root-connection.js';
import { loadSettings, type Settings } from '../settings.js';
import { CLOCK, CONTROL_LINK, LOGGER, SETTINGS } from '../tokens.js';
import { provide } from './provide.js';

const outsideWorlds: FactoryProvider[] = [
  provide(SETTINGS, [], loadSettings),
  provide(CLOCK, [], () => systemClock),
  provide(LOGGER, [SETTINGS], ({ logLevel }: Settings) => createLogger('orchestrator', logLevel)),
  provide(Metrics, [], () => new Metrics('orchestrator')),
  provide(CONTROL_LINK, [SETTINGS, LOGGER], (settings: Settings, logger: Logger) => {
    const { natsUrl: url, natsCredsFile: credsFile, natsOperatorFile: operatorFile } = settings;
    return openControlLink({ url, credsFile, operatorFile }, logger);
  }),
  provide(RootConnection, [SETTINGS], (settings: Settings) => {
    const { rootRpcUrl: rpcUrl, rootFinality: finality, relayerKeyFile } = settings;
    return new RootConnection({ rpcUrl, finality, relayerKeyFile });
  }),
  provide(
    Database,
    [SETTINGS, CLOCK, LOGGER],
    ({ databaseUrl }: Settings, clock: Clock, logger: Logger) =>
      new Database({ url: databaseUrl.reveal() }, { clock, logger }),
  ),
];

const stores: FactoryProvider[] = [
  provide(ChainSignal, [], () => new ChainSignal()),
  provide(
    ChainStore,
    [Database, CLOCK, ChainSignal],
    (database: Database, clock: Clock, signal: ChainSignal) =>
      new ChainStore(database, { clock, onWritten: (chain) => signal.emit(chain) }),
  ),
  ...[EventStore, AuditStore, OutboxStore].map((Store) =>
    provide(Store, [Database], (database: Database) => new Store(database)),
  ),
  ...[ApiKeyStore, NatsAccountStore, CheckpointStore].map((Store) =>
    provide(
      Store,
      [Database, CLOCK],
      (database: Database, clock: Clock) => new Store(database, { clock }),
    ),
  ),
];

/** Settings, clock, logger, the outside worlds, and the stores. */
@Global()
@Module({
  providers: [...outsideWorlds, ...stores],
  exports: [...outsideWorlds, ...stores].map((provider) => provider.provide),
})
export class FoundationsModule {}
