import { availableParallelism } from 'node:os';
import type { Clock, Logger } from '@flotilla/common';
import { AutoscalePolicy, capacityOf } from '@flotilla/orchestration';
import {
  ApiKeyStore,
  ChainStore,
  CheckpointStore,
  EventStore,
  OutboxStore,
} from '@flotilla/persistence';
import { type FactoryProvider, Global, Module } from '@nestjs/common';
import { Admission } from '../capacity/admission.js';
import { hostFacts } from '../capacity/host-facts.js';
import { ChainChanges } from '../chains/chain-changes.js';
import { ChainDirectory } from '../chains/chain-directory.js';
import { ChainSignal } from '../chains/chain-signal.js';
import { WorkSignal } from '../chains/work-signal.js';
import { EventStreams } from '../events/event-streams.js';
import type { ControlLink } from '../messaging/control-link.js';
import { InboxController } from '../messaging/inbox.controller.js';
import { KeyAnnouncer } from '../messaging/key-announcer.js';
import { RouteAnnouncer } from '../messaging/route-announcer.js';
import { RouteFence } from '../messaging/route-fence.js';
import { SettingsLink } from '../messaging/settings-link.js';
import { AnchorMirror } from '../relay/anchor-mirror.js';
import { AnchoringRelay } from '../relay/anchoring-relay.js';
import { DelayWatch } from '../relay/delay-watch.js';
import { RootConnection } from '../root-chain/root-connection.js';
import { Autoscaler } from '../scale/autoscaler.js';
import type { Settings } from '../settings.js';
import { IdleWatch } from '../sleep/idle-watch.js';
import { SleepService } from '../sleep/sleep.service.js';
import { ConditionWriter } from '../telemetry/condition-writer.js';
import { Heartbeats } from '../telemetry/heartbeats.js';
import { LiveChains } from '../telemetry/live-chains.js';
import { CLOCK, CONTROL_LINK, LOGGER, SETTINGS } from '../tokens.js';
import { provide } from './provide.js';

const views: FactoryProvider[] = [
  provide(WorkSignal, [], () => new WorkSignal()),
  provide(LiveChains, [CLOCK], (clock: Clock) => new LiveChains(clock)),
  ...[ChainDirectory, ChainChanges].map((View) =>
    provide(
      View,
      [ChainStore, ChainSignal, CLOCK],
      (chains: ChainStore, signal: ChainSignal, clock: Clock) =>
        new View({ chains, signal, clock }),
    ),
  ),
  provide(
    EventStreams,
    [EventStore, ChainDirectory, ChainSignal, CLOCK, LOGGER],
    (
      events: EventStore,
      directory: ChainDirectory,
      signal: ChainSignal,
      clock: Clock,
      logger: Logger,
    ) => {
      const streams = new EventStreams({ events, directory, clock, logger });
      signal.on(() => streams.nudge());
      return streams;
    },
  ),
];

const sleeping: FactoryProvider[] = [
  provide(
    Admission,
    [SETTINGS, ChainDirectory],
    ({ capacity }: Settings, directory: ChainDirectory) =>
      new Admission(capacityOf(hostFacts(), capacity), { chains: () => directory.all() }),
  ),
  provide(
    SleepService,
    [
      Admission,
      ChainStore,
      ChainDirectory,
      ChainChanges,
      LiveChains,
      WorkSignal,
      RouteFence,
      CLOCK,
    ],
    (
      admission: Admission,
      chains: ChainStore,
      directory: ChainDirectory,
      changes: ChainChanges,
      live: LiveChains,
      work: WorkSignal,
      fence: RouteFence,
      clock: Clock,
    ) => new SleepService({ admission, chains, directory, changes, live, work, fence, clock }),
  ),
  provide(
    IdleWatch,
    [SETTINGS, Admission, ChainStore, ChainDirectory, ChainChanges, LiveChains, WorkSignal, LOGGER],
    (
      { profile }: Settings,
      admission: Admission,
      chains: ChainStore,
      directory: ChainDirectory,
      changes: ChainChanges,
      live: LiveChains,
      work: WorkSignal,
      logger: Logger,
    ) => {
      const all = () => directory.all();
      const watch = new IdleWatch({ profile }, { chains, changes, live, work, logger, all });
      admission.onShortage((short) => watch.makeRoom(short));
      return watch;
    },
  ),
  provide(
    Autoscaler,
    [Admission, ChainStore, ChainDirectory, LiveChains, WorkSignal, CLOCK, LOGGER],
    (
      admission: Admission,
      chains: ChainStore,
      directory: ChainDirectory,
      live: LiveChains,
      work: WorkSignal,
      clock: Clock,
      logger: Logger,
    ) => {
      const all = () => directory.all();
      const policy = new AutoscalePolicy();
      const modules = { admission, policy, live, all, chains, work, clock, logger };
      return new Autoscaler({ cores: availableParallelism() }, modules);
    },
  ),
];

const listeners: FactoryProvider[] = [
  provide(
    Heartbeats,
    [
      LiveChains,
      ChainDirectory,
      ChainStore,
      ChainSignal,
      EventStreams,
      ConditionWriter,
      IdleWatch,
      CLOCK,
      LOGGER,
    ],
    (
      live: LiveChains,
      directory: ChainDirectory,
      chains: ChainStore,
      signal: ChainSignal,
      streams: EventStreams,
      conditions: ConditionWriter,
      idle: IdleWatch,
      clock: Clock,
      logger: Logger,
    ) =>
      new Heartbeats({
        live,
        directory,
        chains,
        signal,
        streams,
        conditions,
        idle,
        clock,
        logger,
      }),
  ),
  provide(
    SettingsLink,
    [CONTROL_LINK, ChainDirectory],
    (link: ControlLink, directory: ChainDirectory) =>
      new SettingsLink({ messaging: link.control, directory }),
  ),
  provide(
    RouteAnnouncer,
    [SETTINGS, CONTROL_LINK, ChainStore, OutboxStore, ChainSignal, CLOCK, LOGGER],
    (
      { profile }: Settings,
      link: ControlLink,
      chains: ChainStore,
      outbox: OutboxStore,
      signal: ChainSignal,
      clock: Clock,
      logger: Logger,
    ) => {
      const messaging = link.control;
      const modules = { messaging, chains, outbox, clock, logger };
      const announcer = new RouteAnnouncer({ profile }, modules);
      signal.on(() => announcer.nudge());
      return announcer;
    },
  ),
  provide(
    KeyAnnouncer,
    [CONTROL_LINK, ApiKeyStore, RouteFence],
    ({ control: messaging }: ControlLink, keys: ApiKeyStore, fence: RouteFence) =>
      new KeyAnnouncer({ messaging, keys, fence }),
  ),
  provide(
    RouteFence,
    [CONTROL_LINK, RouteAnnouncer, CLOCK, LOGGER],
    (link: ControlLink, announcer: RouteAnnouncer, clock: Clock, logger: Logger) =>
      new RouteFence({ messaging: link.control, announcer, clock, logger }),
  ),
  provide(
    AnchorMirror,
    [ChainStore, CheckpointStore, EventStreams, LOGGER],
    (chains: ChainStore, checkpoints: CheckpointStore, streams: EventStreams, logger: Logger) =>
      new AnchorMirror({ chains, checkpoints, logger, nudge: () => streams.nudge() }),
  ),
  provide(
    ConditionWriter,
    [ChainStore, CLOCK, LOGGER],
    (chains: ChainStore, clock: Clock, logger: Logger) =>
      new ConditionWriter({ chains, clock, logger }),
  ),
  provide(
    DelayWatch,
    [ConditionWriter, CLOCK],
    (conditions: ConditionWriter, clock: Clock) => new DelayWatch({ conditions, clock }),
  ),
  provide(
    AnchoringRelay,
    [
      RootConnection,
      AnchorMirror,
      DelayWatch,
      ChainDirectory,
      LiveChains,
      CONTROL_LINK,
      CLOCK,
      LOGGER,
    ],
    (
      root: RootConnection,
      mirror: AnchorMirror,
      delays: DelayWatch,
      directory: ChainDirectory,
      live: LiveChains,
      link: ControlLink,
      clock: Clock,
      logger: Logger,
    ) =>
      new AnchoringRelay({
        root,
        mirror,
        delays,
        directory,
        live,
        messaging: link.control,
        clock,
        logger: logger.child({ component: 'relay' }),
      }),
  ),
];

/** What is heard from chains, and passed on to the root, to gateways and to those who watch. */
@Global()
@Module({
  controllers: [InboxController],
  providers: [...views, ...sleeping, ...listeners],
  exports: [...views, ...sleeping, ...listeners].map((provider) => provider.provide),
})
export class ObservationModule {}
