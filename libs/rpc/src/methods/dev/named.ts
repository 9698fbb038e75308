import type { RpcMethod } from '../../method.js';

/** The same method under each of these names. */
export function named(names: readonly string[], make: (name: string) => RpcMethod): RpcMethod[] {
  return names.map(make);
}

/** `hardhat_…` and `anvil_…`. */
export function bothFamilies(name: string): string[] {
  return [`hardhat_${name}`, `anvil_${name}`];
}
