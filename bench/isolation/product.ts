import type { ProductAccess, Target } from './channel.js';

/** For channels that peers do not have. */
export function productOf({ product }: Target): ProductAccess {
  if (product === undefined) throw new Error('this channel needs more than JSON-RPC');
  return product;
}
