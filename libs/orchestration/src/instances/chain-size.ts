import type { Chain } from '../chain/chain.js';
import type { ChainLimits } from '../spec/chain-limits.js';
import { limitsOf } from '../spec/chain-limits.schema.js';
import { type ChainSize, isSmaller, SIZE_NAMES } from '../spec/sizes.js';

type Scaled = Pick<Chain, 'spec' | 'status'>;

/** The sizes that it may have, ascending from its owner's. */
export function sizesOf({ spec }: Pick<Chain, 'spec'>): readonly ChainSize[] {
  const first = SIZE_NAMES.indexOf(spec.size);
  const last = SIZE_NAMES.indexOf(spec.scale.maxSize ?? spec.size);
  return SIZE_NAMES.slice(first, Math.max(first, last) + 1);
}

/** What it has grown to within the spec's bounds; its owner's size when it hasn't. */
export function sizeOf(chain: Scaled): ChainSize {
  const { spec, status } = chain;
  const grown = status.scale?.size ?? spec.size;
  if (!isSmaller(spec.size, grown)) return spec.size;
  const largest = sizesOf(chain).at(-1) ?? spec.size;
  return isSmaller(largest, grown) ? largest : grown;
}

/** What bounds it now: the figures of the size that it has, with its own in their place. */
export function chainLimits(chain: Scaled): ChainLimits {
  return limitsOf({ ...chain.spec, size: sizeOf(chain) });
}
