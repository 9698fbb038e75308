import { type Clock, type Logger, sleep } from '@flotilla/common';
import { Controller, type RuntimeDriver } from '@flotilla/orchestration';
import { ApiKeyStore, Database } from '@flotilla/persistence';
import { Metrics } from '@flotilla/platform';
import {
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { NatsAccounts } from './adapters/nats-accounts.js';
import { ensureAdminKey } from './auth/admin-key.js';
import { Admission } from './capacity/admission.js';
import { ChainDirectory } from './chains/chain-directory.js';
import { EventStreams } from './events/event-streams.js';
import type { ControlLink } from './messaging/control-link.js';
import { RouteAnnouncer } from './messaging/route-announcer.js';
import { RouteFence } from './messaging/route-fence.js';
import { ApiModule } from './modules/api.module.js';
import { FoundationsModule } from './modules/foundations.module.js';
import { ObservationModule } from './modules/observation.module.js';
import { ReconcilerModule } from './modules/reconciler.module.js';
import { AnchoringRelay } from './relay/anchoring-relay.js';
import { RootConnection } from './root-chain/root-connection.js';
import { Autoscaler } from './scale/autoscaler.js';
import type { Settings } from './settings.js';
import { registerFleetMetrics } from './telemetry/fleet-metrics.js';
import { Heartbeats } from './telemetry/heartbeats.js';
import { LiveChains } from './telemetry/live-chains.js';
import { CLOCK, CONTROL_LINK, LOGGER, RUNTIME_DRIVER, SETTINGS } from './tokens.js';

const RETRY_MS = 500;

/** Starts and stops the control plane's parts in order. Serving waits for none of the outside worlds. */
@Module({ imports: [FoundationsModule, ObservationModule, ReconcilerModule, ApiModule] })
export class OrchestratorModule implements OnApplicationBootstrap, OnApplicationShutdown {
  #stopping = false;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONTROL_LINK) private readonly link: ControlLink,
    @Inject(RUNTIME_DRIVER) private readonly driver: RuntimeDriver,
    private readonly metrics: Metrics,
    private readonly database: Database,
    private readonly keys: ApiKeyStore,
    private readonly root: RootConnection,
    private readonly admission: Admission,
    private readonly directory: ChainDirectory,
    private readonly live: LiveChains,
    private readonly heartbeats: Heartbeats,
    private readonly autoscaler: Autoscaler,
    private readonly routes: RouteAnnouncer,
    private readonly fence: RouteFence,
    private readonly relay: AnchoringRelay,
    private readonly streams: EventStreams,
    private readonly accounts: NatsAccounts,
    private readonly controller: Controller,
  ) {}

  onApplicationBootstrap(): void {
    registerFleetMetrics({
      metrics: this.metrics,
      live: this.live,
      directory: this.directory,
      capacity: () => this.admission.view(),
      queue: () => this.controller.depth,
      warm: () => this.driver.warm,
      streams: () => this.streams.size,
      lastAnchored: (chain) => this.relay.newestAnchor(chain)?.lastBlock,
    });
    void this.#start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    this.streams.close();
    this.relay.stop();
    this.heartbeats.stop();
    this.autoscaler.stop();
    this.accounts.close();
    await this.controller.close();
    this.driver.close();
    await this.routes.stop();
    await this.link.close();
    this.root.close();
    await this.database.close();
  }

  async #start(): Promise<void> {
    const { driver, capabilities, healthy, reason } = await this.driver.fingerprint();
    this.logger.info('runtime driver', { driver, healthy, reason, ...capabilities });
    await this.database.open();
    await this.#untilDone('admin key', () => ensureAdminKey(this.settings.adminKeyFile, this.keys));
    await this.#untilDone('chains', () => this.directory.load());
    this.heartbeats.start();
    this.autoscaler.start();
    this.routes.start();
    this.fence.discover();
    this.relay.start();
    await this.controller.start();
    this.driver.warmUp();
    this.logger.info('control plane works', { chains: this.directory.all().length });
  }

  async #untilDone(what: string, work: () => Promise<void>): Promise<void> {
    while (!this.#stopping) {
      try {
        return await work();
      } catch (error) {
        this.logger.warn('start is delayed', { what, error: String(error) });
        await sleep(this.clock, RETRY_MS);
      }
    }
  }
}
