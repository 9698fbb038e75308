import type {
  ChainWake,
  CheckpointProposed,
  Envelope,
  Heartbeat,
  KeysReply,
  KeysRequest,
  LimitsChanged,
  RoutesReply,
  RoutesRequest,
  RoutesSeen,
  SettingsChanged,
} from '@flotilla/messaging';
import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { AnchoringRelay } from '../relay/anchoring-relay.js';
import { SleepService } from '../sleep/sleep.service.js';
import { Heartbeats } from '../telemetry/heartbeats.js';
import { KeyAnnouncer } from './key-announcer.js';
import { LimitsLink } from './limits-link.js';
import type { EventName, RequestName } from './messaging-server.js';
import { RouteAnnouncer } from './route-announcer.js';
import { RouteFence } from './route-fence.js';
import { SettingsLink } from './settings-link.js';

const HEARTBEAT: EventName = 'heartbeat';
const CHECKPOINT_PROPOSED: EventName = 'checkpointProposed';
const SETTINGS_CHANGED: EventName = 'settingsChanged';
const LIMITS_CHANGED: EventName = 'limitsChanged';
const ROUTES_LIST: RequestName = 'routesList';
const KEYS_LIST: RequestName = 'keysList';
const ROUTES_SEEN: RequestName = 'routesSeen';
const CHAIN_WAKE: RequestName = 'chainWake';

/** What reaches the control plane over NATS. */
@Controller()
export class InboxController {
  constructor(
    private readonly heartbeats: Heartbeats,
    private readonly relay: AnchoringRelay,
    private readonly routes: RouteAnnouncer,
    private readonly fence: RouteFence,
    private readonly keys: KeyAnnouncer,
    private readonly settings: SettingsLink,
    private readonly sleep: SleepService,
    private readonly limits: LimitsLink,
  ) {}

  @EventPattern(HEARTBEAT)
  heartbeat(@Payload() { chain, data }: Envelope<Heartbeat>): Promise<void> {
    return this.heartbeats.beat(chain, data);
  }

  @EventPattern(CHECKPOINT_PROPOSED)
  checkpointProposed(@Payload() { chain, data }: Envelope<CheckpointProposed>): Promise<void> {
    return this.relay.proposed(chain, data);
  }

  @EventPattern(SETTINGS_CHANGED)
  settingsChanged(@Payload() { chain, data }: Envelope<SettingsChanged>): void {
    this.settings.changed(chain, data);
  }

  @EventPattern(LIMITS_CHANGED)
  limitsChanged(@Payload() { chain, data }: Envelope<LimitsChanged>): void {
    this.limits.changed(chain, data);
  }

  @MessagePattern(ROUTES_LIST)
  routesList(@Payload() { data }: Envelope<RoutesRequest>): Promise<RoutesReply> {
    if (data.gateway !== undefined) this.fence.heard(data.gateway);
    return this.routes.list(data);
  }

  @MessagePattern(KEYS_LIST)
  keysList(@Payload() { data }: Envelope<KeysRequest>): Promise<KeysReply> {
    return this.keys.list(data);
  }

  @MessagePattern(ROUTES_SEEN)
  routesSeen(@Payload() { data }: Envelope<RoutesSeen>): object {
    this.fence.seen(data);
    return {};
  }

  @MessagePattern(CHAIN_WAKE)
  async chainWake(@Payload() { data }: Envelope<ChainWake>): Promise<object> {
    await this.sleep.wakeForRequest(data.name);
    return {};
  }
}
