import type { Chain } from '../chain/chain.js';
import type { Lease } from '../status/chain-status.js';

type Named = Pick<Chain, 'name' | 'status'>;

export function instanceId(name: string, index: number): string {
  return `${name}-${index}`;
}

export function leaseOf({ name, status }: Named): Lease {
  return status.lease ?? { instance: instanceId(name, 0), epoch: 1 };
}

/** The pair of a chain with failover: one of them produces, the other one is its standby. */
export function isOfPair(chain: Named, id: string): boolean {
  return id === instanceId(chain.name, 0) || id === instanceId(chain.name, 1);
}

/** The one of the pair that does not produce. */
export function standbyOf(chain: Named): string {
  const first = instanceId(chain.name, 0);
  return leaseOf(chain).instance === first ? instanceId(chain.name, 1) : first;
}

/** Read replicas that there should be: as many as the load wants and there is room for. */
export function replicasOf({ spec, status }: Pick<Chain, 'spec' | 'status'>): number {
  const { min, max } = spec.scale.replicas;
  return Math.min(max, status.scale?.replicas ?? min);
}

/** The chain with as many replicas as its spec asks for at least: what there must be room for when an owner asks. */
export function withLeastReplicas<Scaled extends Pick<Chain, 'spec' | 'status'>>(
  chain: Scaled,
): Scaled {
  const { scale } = chain.status;
  if (scale === null) return chain;
  const replicas = Math.max(scale.replicas, chain.spec.scale.replicas.min);
  return { ...chain, status: { ...chain.status, scale: { ...scale, replicas } } };
}

/** How many followers there should be; nobody follows a chain that was tampered with. */
export function followersOf(chain: Pick<Chain, 'spec' | 'status'>): number {
  if (chain.status.conditions.some(({ type, status }) => type === 'Tampered' && status)) return 0;
  return Math.max(replicasOf(chain), chain.spec.failover ? 1 : 0);
}

/** Their ids. */
export function wantedFollowers(chain: Pick<Chain, 'name' | 'spec' | 'status'>): string[] {
  const count = followersOf(chain);
  const { instance } = leaseOf(chain);
  const wanted: string[] = [];
  for (let index = 0; wanted.length < count; index++) {
    const id = instanceId(chain.name, index);
    if (id !== instance) wanted.push(id);
  }
  return wanted;
}
