import { type ChainSpec, type ChainStatus, sleepAfterSeconds } from '@flotilla/orchestration';
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
  const { nodeRpcUrl: _rpc, nodeWsUrl: _ws, asleep, ...reconciled } = chain.status;
  const external = chain.spec.runtime === 'external';
  const served = !external && !NO_URL_PHASES.has(chain.status.phase);
  const rpcUrl = `${place.gatewayUrl}/${chain.name}`;
  return {
    name: chain.name,
    chainId: chain.chainId,
    tenant: chain.tenant,
    spec: { ...chain.spec, sleep: { afterSeconds: sleepAfterSeconds(chain.spec, place.profile) } },
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
      live: live?.live ?? null,
    },
    generation: chain.generation,
    observedGeneration: chain.observedGeneration,
    version: chain.version,
    createdAt: new Date(chain.createdAt).toISOString(),
    updatedAt: new Date(chain.updatedAt).toISOString(),
  };
}

/** Of two views of a tag that only moves forward, the further one. */
function newer<Ref extends { readonly number: number }>(
  a: Ref | undefined,
  b: Ref | null,
): Ref | null {
  if (!a) return b;
  return b && b.number > a.number ? b : a;
}
