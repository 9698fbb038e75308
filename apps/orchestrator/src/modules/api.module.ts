import type { Clock, Logger } from '@flotilla/common';
import { Controller } from '@flotilla/orchestration';
import { ApiKeyStore, ChainStore } from '@flotilla/persistence';
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AuditController } from '../audit/audit.controller.js';
import { AuthGuard } from '../auth/auth.guard.js';
import { Authenticator } from '../auth/authenticator.js';
import { KEY_RATES, KeyRates } from '../auth/key-rates.js';
import { Admission } from '../capacity/admission.js';
import { ChainChanges } from '../chains/chain-changes.js';
import { ChainsController } from '../chains/chains.controller.js';
import { ChainsService } from '../chains/chains.service.js';
import { CheckpointsController } from '../checkpoints/checkpoints.controller.js';
import { EventsController } from '../events/events.controller.js';
import { FleetController } from '../fleet/fleet.controller.js';
import { HealthController } from '../health/health.controller.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { KeysController } from '../keys/keys.controller.js';
import { RouteFence } from '../messaging/route-fence.js';
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
    provide(KeyRates, [CLOCK], (clock: Clock) => new KeyRates(KEY_RATES, { clock })),
    provide(
      ChainsService,
      [ChainStore, ChainChanges, RouteFence, RootConnection, Admission, KeyRates, Controller],
      (
        chains: ChainStore,
        changes: ChainChanges,
        fence: RouteFence,
        root: RootConnection,
        admission: Admission,
        rates: KeyRates,
        controller: Controller,
      ) => {
        const enqueue = (id: string) => controller.enqueue(id);
        return new ChainsService({ chains, changes, fence, root, admission, rates, enqueue });
      },
    ),
  ],
})
export class ApiModule {}
