import type { ChainSpec } from './chain-spec.schema.js';

/** Who may speak JSON-RPC with a chain through the gateway. */
export function accessOf(
  { access }: Pick<ChainSpec, 'access'>,
  profile: 'dev' | 'production',
): 'keys' | 'public' {
  return access ?? (profile === 'dev' ? 'public' : 'keys');
}
