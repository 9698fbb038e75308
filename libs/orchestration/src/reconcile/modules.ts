import type { Clock, Logger } from '@flotilla/common';
import type {
  AccountPort,
  ChainRepository,
  LimitsPort,
  NodeFolderPort,
  ProbePort,
  RestPort,
  RootPort,
  SettingsPort,
  SettlementPort,
} from '../ports.js';
import type { RuntimeDriver } from '../runtime/runtime-driver.js';
import type { ChainIdSource } from './chain-id.js';
import type { RestartPolicy } from './restart-policy.js';
import type { StartGate } from './start-gate.js';

export interface ReconcilerOptions {
  /** Look at a healthy chain again after this long, in milliseconds. */
  readonly resyncMs: number;
  /** Look at a starting instance again after this long at first; more slowly as it takes longer. */
  readonly startPollMs: number;
  /** A process that serves, but does not answer RPC for this long, is killed and restarted. */
  readonly unhealthyMs: number;
  /** With `failover`: look at the producer this often, and take its place when it has not answered for so long. */
  readonly failoverPollMs: number;
  readonly failoverMs: number;
  /** A follower that does not answer for this long is killed and restarted. */
  readonly followerSilentMs: number;
  /** The same of a standby: until it is back its producer takes no sends and makes no block. */
  readonly standbySilentMs: number;
  /** Between the withdrawal of a follower from the routes and its stop. */
  readonly drainMs: number;
  /** A process that has not published where it serves for this long is restarted. */
  readonly startMs: number;
  /** A chain that waits for others to have started asks again after this long, if nobody calls it before. */
  readonly startTurnMs: number;
  /** A node that was asked to change its settings is asked again after this long. */
  readonly settingsRetryMs: number;
  /** How long a planned stop waits for the last checkpoint. */
  readonly settleMs: number;
  /** How long a chain that is to sleep goes on as before so that all of it gets anchored; then requests are held. */
  readonly drowsyMs: number;
  /** Between telling gateways that a chain sleeps and its end: what they had sent before still gets there. */
  readonly lingerMs: number;
  /** SIGTERM to SIGKILL. */
  readonly stopGraceMs: number;
}

export const DEFAULT_RECONCILER_OPTIONS: ReconcilerOptions = {
  resyncMs: 5_000,
  startPollMs: 40,
  unhealthyMs: 15_000,
  failoverPollMs: 400,
  failoverMs: 1_200,
  followerSilentMs: 6_000,
  standbySilentMs: 1_200,
  drainMs: 1_500,
  startMs: 300_000,
  startTurnMs: 2_000,
  settingsRetryMs: 500,
  settleMs: 15_000,
  drowsyMs: 2_000,
  lingerMs: 200,
  stopGraceMs: 15_000,
};

export interface ReconcilerModules {
  readonly chains: ChainRepository;
  readonly driver: RuntimeDriver;
  readonly root: RootPort;
  readonly accounts: AccountPort;
  readonly folders: NodeFolderPort;
  readonly probe: ProbePort;
  readonly settlement: SettlementPort;
  readonly rest: RestPort;
  readonly settings: SettingsPort;
  readonly limits: LimitsPort;
  readonly chainIds: ChainIdSource;
  readonly restarts: RestartPolicy;
  readonly starts: StartGate;
  readonly clock: Clock;
  readonly logger: Logger;
}
