import type { Clock, Logger } from '@flotilla/common';
import { Controller } from '@flotilla/orchestration';
import { ApiKeyStore, ChainStore } from '@flotilla/persistence';
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AuditController } from '../audit/audit.controller.js';
import { AuthGuard } from '../auth/auth.guard.js';
import { Authenticator } from '../auth/authenticator.js';
import { ChainChanges } from '../chains/chain-changes.js';
import { ChainsController } from '../chains/chains.controller.js';
import { ChainsService } from '../chains/chains.service.js';
import { CheckpointsController } from '../checkpoints/checkpoints.controller.js';
import { EventsController } from '../events/events.controller.js';
import { FleetController } from '../fleet/fleet.controller.js';
import { HealthController } from '../health/health.controller.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { KeysController } from '../keys/keys.controller.js';
import { RootConnection } from '../root-chain/root-connection.js';
import { MetricsController } from '../telemetry/metrics.controller.js';
import { CLOCK, LOGGER } from '../tokens.js';
import { provide } from './provide.js';

/** The REST API: controllers, the guard before them and the error funnel behind them. */
@Module({
  controllers: [
    ChainsController,
    CheckpointsController,
    KeysController,
    AuditController,
    EventsController,
    FleetController,
    HealthController,
    MetricsController,
  ],
  providers: [
    { provide: APP_GUARD, useClass: AuthGuard },
    provide(APP_FILTER, [LOGGER], (logger: Logger) => new ProblemFilter(logger)),
    provide(
      Authenticator,
      [ApiKeyStore, CLOCK, LOGGER],
      (keys: ApiKeyStore, clock: Clock, logger: Logger) =>
        new Authenticator({ keys, clock, logger }),
    ),
    provide(
      ChainsService,
      [ChainStore, ChainChanges, RootConnection, Controller],
      (chains: ChainStore, changes: ChainChanges, root: RootConnection, controller: Controller) =>
        new ChainsService({ chains, changes, root, enqueue: (id) => controller.enqueue(id) }),
    ),
  ],
})
export class ApiModule {}
