import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Clock, Logger } from '@flotilla/common';
import {
  ChainIdSource,
  Controller,
  capacityOf,
  DEFAULT_CONTROLLER_OPTIONS,
  DEFAULT_RECONCILER_OPTIONS,
  instanceId,
  Reconciler,
  RestartPolicy,
  type RuntimeDriver,
  StartGate,
  startGateOptions,
} from '@flotilla/orchestration';
import { ChainStore, NatsAccountStore } from '@flotilla/persistence';
import { Metrics } from '@flotilla/platform';
import {
  detectGroups,
  type GroupsFound,
  groupParentOf,
  ProcessDriver,
} from '@flotilla/runtime-drivers';
import { type FactoryProvider, Global, Module } from '@nestjs/common';
import { LocalNodeFolders, NODE_CREDS_FILE } from '../adapters/local-node-folders.js';
import { NatsAccounts } from '../adapters/nats-accounts.js';
import { type NodeEnvironment, nodeConfig, registeredConfigHash } from '../adapters/node-config.js';
import { NodeRestProbe } from '../adapters/node-rest.js';
import { RootRegistry } from '../adapters/root-registry.js';
import { RpcProbe } from '../adapters/rpc-probe.js';
import { Settlement } from '../adapters/settlement.js';
import { hostFacts } from '../capacity/host-facts.js';
import { ProcessorWeights } from '../capacity/processor-weights.js';
import { ChainDirectory } from '../chains/chain-directory.js';
import { ChainSignal } from '../chains/chain-signal.js';
import { WorkSignal } from '../chains/work-signal.js';
import type { ControlLink } from '../messaging/control-link.js';
import { LimitsLink } from '../messaging/limits-link.js';
import { SettingsLink } from '../messaging/settings-link.js';
import { AnchoringRelay } from '../relay/anchoring-relay.js';
import { RootConnection } from '../root-chain/root-connection.js';
import type { Settings } from '../settings.js';
import { LiveChains } from '../telemetry/live-chains.js';
import { CLOCK, CONTROL_LINK, LOGGER, RUNTIME_DRIVER, SETTINGS } from '../tokens.js';
import { provide } from './provide.js';

function nodeEnvironment(settings: Settings, link: ControlLink): NodeEnvironment {
  const operator = link.accounts !== undefined;
  return {
    profile: settings.profile,
    natsUrl: settings.natsUrl,
    natsAccount: operator ? 'operator' : 'shared',
    natsCredsFile: operator || settings.natsCredsFile ? NODE_CREDS_FILE : undefined,
    rootRpcUrl: settings.rootRpcUrl,
    rootFinality: settings.rootFinality,
    logLevel: settings.logLevel,
  };
}

/** Groups of this home only: two stacks on one machine don't meet. */
function findGroups({ home, cgroupRoot: root, capacity }: Settings, logger: Logger): GroupsFound {
  const parent = groupParentOf(home);
  const { memoryMb: totalMemoryMb } = capacityOf(hostFacts(), capacity);
  const found = detectGroups({ parent, totalMemoryMb, ...(root !== undefined && { root }) });
  if (found.groups) {
    const { version, controllers } = found.groups;
    logger.info('limits by control groups', { version, controllers });
  } else logger.warn('limits not enforced by this host', { reason: found.reason });
  return found;
}

const adapters: FactoryProvider[] = [
  provide(
    RUNTIME_DRIVER,
    [SETTINGS, CLOCK, LOGGER],
    (settings: Settings, clock: Clock, logger: Logger) =>
      new ProcessDriver(
        {
          entryFile: settings.nodeEntryFile,
          groups: findGroups(settings, logger),
          // A node reads its folder, not the environment: it gets none of the control plane's secrets.
          // glibc's arenas, one for each thread and more, keep what was freed: a quarter of a busy node's memory.
          environment: { NODE_ENV: 'production', MALLOC_ARENA_MAX: '2' },
          logFile: ({ chain, instance }) =>
            join(
              settings.home,
              'logs',
              `chain-${instance === instanceId(chain, 0) ? chain : instance}.log`,
            ),
          warm: {
            size: settings.warmPool,
            logFile: join(settings.home, 'logs', 'warm-nodes.log'),
          },
        },
        { clock, logger },
      ),
  ),
  provide(
    ProcessorWeights,
    [SETTINGS, ChainDirectory, ChainSignal],
    ({ capacity }: Settings, directory: ChainDirectory, signal: ChainSignal) =>
      new ProcessorWeights(capacityOf(hostFacts(), capacity), {
        chains: () => directory.all(),
        onChange: (listener) => signal.on(listener),
      }),
  ),
  provide(
    LocalNodeFolders,
    [SETTINGS, CONTROL_LINK, RootConnection, ProcessorWeights],
    (settings: Settings, link: ControlLink, root: RootConnection, weights: ProcessorWeights) =>
      new LocalNodeFolders(
        { home: settings.home },
        {
          config: async (chain, instance) =>
            nodeConfig(chain, instance, await root.facts(), nodeEnvironment(settings, link)),
          cpuWeight: (chain) => weights.of(chain),
        },
      ),
  ),
  provide(
    NatsAccounts,
    [SETTINGS, CONTROL_LINK, NatsAccountStore, LocalNodeFolders, CLOCK, LOGGER],
    (
      { natsCredsFile: sharedCredsFile }: Settings,
      link: ControlLink,
      accounts: NatsAccountStore,
      folders: LocalNodeFolders,
      clock: Clock,
      logger: Logger,
    ) => new NatsAccounts({ sharedCredsFile }, { link, accounts, folders, clock, logger }),
  ),
  provide(
    LimitsLink,
    [CONTROL_LINK, ChainDirectory, LocalNodeFolders],
    (link: ControlLink, directory: ChainDirectory, folders: LocalNodeFolders) =>
      new LimitsLink({
        messaging: link.control,
        directory,
        writtenAt: (chain) => folders.limitsWrittenAt(chain),
      }),
  ),
  provide(RootRegistry, [RootConnection, SETTINGS], (root: RootConnection, settings: Settings) => {
    const configHash: RootRegistry['modules']['configHash'] = (chain) =>
      registeredConfigHash(chain, settings.profile);
    return new RootRegistry({ root, configHash });
  }),
  provide(
    NodeRestProbe,
    [AnchoringRelay, ChainDirectory],
    (relay: AnchoringRelay, directory: ChainDirectory) =>
      new NodeRestProbe({ relay, find: (name) => directory.peek(name) }),
  ),
  provide(
    Settlement,
    [AnchoringRelay, LiveChains, ChainDirectory],
    (relay: AnchoringRelay, live: LiveChains, directory: ChainDirectory) =>
      new Settlement({ relay, live, find: (name) => directory.peek(name) }),
  ),
];

const loop: FactoryProvider[] = [
  provide(
    StartGate,
    [RUNTIME_DRIVER, CLOCK],
    (driver: RuntimeDriver, clock: Clock) =>
      new StartGate(startGateOptions(availableParallelism()), {
        clock,
        warmNodes: () => driver.warm.ready,
      }),
  ),
  provide(
    Reconciler,
    [
      ChainStore,
      RUNTIME_DRIVER,
      RootRegistry,
      NatsAccounts,
      LocalNodeFolders,
      Settlement,
      NodeRestProbe,
      SettingsLink,
      LimitsLink,
      ChainDirectory,
      StartGate,
      CLOCK,
      LOGGER,
    ],
    (
      chains: ChainStore,
      driver: RuntimeDriver,
      root: RootRegistry,
      accounts: NatsAccounts,
      folders: LocalNodeFolders,
      settlement: Settlement,
      rest: NodeRestProbe,
      settings: SettingsLink,
      limits: LimitsLink,
      directory: ChainDirectory,
      starts: StartGate,
      clock: Clock,
      logger: Logger,
    ) =>
      new Reconciler(DEFAULT_RECONCILER_OPTIONS, {
        chains,
        driver,
        root,
        accounts,
        folders,
        probe: new RpcProbe({
          onServing: async (name, heads) => {
            const id = directory.peek(name)?.id;
            if (id) await chains.saveObserved(id, heads);
          },
        }),
        settlement,
        rest,
        settings,
        limits,
        chainIds: new ChainIdSource(),
        restarts: new RestartPolicy(),
        starts,
        clock,
        logger,
      }),
  ),
  provide(
    Controller,
    [
      Reconciler,
      ChainStore,
      RUNTIME_DRIVER,
      LocalNodeFolders,
      SettingsLink,
      WorkSignal,
      ChainDirectory,
      LimitsLink,
      StartGate,
      Metrics,
      CLOCK,
      LOGGER,
    ],
    (
      reconciler: Reconciler,
      chains: ChainStore,
      driver: RuntimeDriver,
      folders: LocalNodeFolders,
      settings: SettingsLink,
      work: WorkSignal,
      directory: ChainDirectory,
      limits: LimitsLink,
      starts: StartGate,
      metrics: Metrics,
      clock: Clock,
      logger: Logger,
    ) => {
      const controller = new Controller(DEFAULT_CONTROLLER_OPTIONS, {
        reconciler,
        chains,
        driver,
        clock,
        logger: logger.child({ component: 'reconciler' }),
        instances: async () => {
          const managed = (await chains.active()).filter(({ spec }) => spec.runtime === 'managed');
          const specs = managed.map(async (chain) => [
            folders.instance(chain),
            ...(await folders.instances(chain)).slice(1).map((id) => folders.replica(chain, id)),
          ]);
          return (await Promise.all(specs)).flat();
        },
        idOf: async (name) => (await directory.find(name))?.id,
        onReconciled: reconcileTimes(metrics),
      });
      settings.onAnswer((id) => controller.enqueue(id));
      work.on((id) => controller.enqueue(id));
      limits.onChanged((id) => controller.enqueue(id));
      starts.onTurn((id) => controller.enqueue(id));
      return controller;
    },
  ),
];

/** Tells the scraper how long looks at chains take. */
function reconcileTimes(metrics: Metrics): (tookMs: number) => void {
  const histogram = metrics.histogram(
    'flotilla_reconcile_duration_seconds',
    'How long a look at a chain takes, with the step that it leads to',
    [],
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  );
  return (tookMs) => histogram.observe(tookMs / 1_000);
}

/** The loop that brings chains about, and its hands. */
@Global()
@Module({
  providers: [...adapters, ...loop],
  exports: [RUNTIME_DRIVER, LimitsLink, LocalNodeFolders, NatsAccounts, Controller],
})
export class ReconcilerModule {}
