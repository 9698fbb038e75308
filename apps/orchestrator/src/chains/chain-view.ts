import {
  accessOf,
  type ChainSpec,
  type ChainStatus,
  chainLimits,
  sleepAfterSeconds,
} from '@flotilla/orchestration';
import type { StoredChain } from '@flotilla/persistence';
import type { Settings } from '../settings.js';
import type { LiveChain } from '../telemetry/live-chains.js';

/** The chain resource of the API. */
export interface ChainView {
  readonly name: string;
  readonly chainId: number | null;
  readonly tenant: string;
  readonly spec: ChainSpec;
  readonly status: ChainStatus;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly version: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

const NO_URL_PHASES = new Set(['Archived', 'Failed']);

export function viewChain(
  chain: StoredChain,
  live: LiveChain | undefined,
  place: Pick<Settings, 'gatewayUrl' | 'profile'>,
): ChainView {
  const {
    nodeRpcUrl: _rpc,
    nodeWsUrl: _ws,
    replicas: _replicas,
    asleep,
    ...reconciled
  } = chain.status;
  const external = chain.spec.runtime === 'external';
  const served = !external && !NO_URL_PHASES.has(chain.status.phase);
  const rpcUrl = `${place.gatewayUrl}/${chain.name}`;
  return {
    name: chain.name,
    chainId: chain.chainId,
    tenant: chain.tenant,
    spec: {
      ...chain.spec,
      access: accessOf(chain.spec, place.profile),
      sleep: { afterSeconds: sleepAfterSeconds(chain.spec, place.profile) },
    },
    status: {
      ...reconciled,
      rpcUrl: served ? rpcUrl : null,
      wsUrl: served ? rpcUrl.replace(/^http/, 'ws') : null,
      asleepSince: asleep?.since ?? null,
      head: live?.head ?? chain.observed.head,
      safe: newer(live?.safe, chain.observed.safe),
      finalized: newer(live?.finalized, chain.observed.finalized),
      lastAnchor: chain.observed.lastAnchor,
      trust: external ? 'external-committee' : 'operator-signed',
      durability: durability(chain),
      limits: chainLimits(chain),
      live: live?.live ?? null,
    },
    generation: chain.generation,
    observedGeneration: chain.observedGeneration,
    version: chain.version,
    createdAt: new Date(chain.createdAt).toISOString(),
    updatedAt: new Date(chain.updatedAt).toISOString(),
  };
}

/** What can be lost, and by what, in words. */
function durability({ spec, status }: StoredChain): string {
  if (spec.runtime === 'external') return 'Up to whoever runs the chain.';
  if (!spec.failover) {
    return 'What was acknowledged survives the process and a power cut, but not the loss of its disk: then all of it is gone.';
  }
  const isLive = status.instances.some(({ role }) => role === 'follower');
  return isLive
    ? 'What was acknowledged, and every block that was shown, is on two instances: losing one of them loses nothing.'
    : 'No follower is there right now: sends are refused until one has caught up, so nothing is promised on one instance alone.';
}

/** Of two views of a tag that only moves forward, the further one. */
function newer<Ref extends { readonly number: number }>(
  a: Ref | undefined,
  b: Ref | null,
): Ref | null {
  if (!a) return b;
  return b && b.number > a.number ? b : a;
}
