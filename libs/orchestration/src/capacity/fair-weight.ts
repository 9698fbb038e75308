import type { Chain } from '../chain/chain.js';
import { chainLimits } from '../instances/chain-size.js';
import { type Capacity, instancesOf, isActive } from './capacity.js';

const MAX_WEIGHT = 10_000;

/** How all active chains together stand to the processor. */
export interface ProcessorShares {
  /** Thousandths of a core that they may have, or have been promised if that is more. */
  readonly millis: number;
  /** What of it is promised to nobody. */
  readonly spareMillis: number;
  /** Of all their instances. */
  readonly weights: number;
}

export function processorShares(
  chains: Iterable<Pick<Chain, 'spec' | 'desired' | 'status'>>,
  { cpuMillis }: Capacity,
): ProcessorShares {
  let [reserved, weights] = [0, 0];
  for (const chain of chains) {
    if (!isActive(chain)) continue;
    const limits = chainLimits(chain);
    const instances = instancesOf(chain);
    reserved += instances * limits.reserved.cpuMillis;
    weights += instances * limits.host.cpuWeight;
  }
  const millis = Math.max(cpuMillis, reserved);
  return { millis, spareMillis: millis - reserved, weights };
}

/**
 * The weight, 1 to 10000, by which the kernel divides the processor among chains that all want more: what an instance was
 * promised, and by its size's weight a part of what is promised to nobody. So with a full house each has what it was
 * promised, and in an empty one small chains are not crowded out by large ones.
 */
export function fairWeight(
  chain: Pick<Chain, 'spec' | 'status'>,
  { millis, spareMillis, weights }: ProcessorShares,
): number {
  const { reserved, host } = chainLimits(chain);
  const spare = (spareMillis * host.cpuWeight) / Math.max(weights, host.cpuWeight);
  const share = (reserved.cpuMillis + spare) / Math.max(millis, 1);
  return Math.min(MAX_WEIGHT, Math.max(1, Math.round(share * MAX_WEIGHT)));
}
