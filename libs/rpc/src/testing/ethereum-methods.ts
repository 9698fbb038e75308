import type { Blockchain } from '@flotilla/chain';
import type { Clock } from '@flotilla/common';
import {
  type EthereumMethodsOptions,
  feedMethods,
  heavyMethods,
  lightMethods,
  slowMethods,
  writerMethods,
} from '../ethereum-methods.js';
import type { RpcMethod } from '../method.js';
import { sendMethods } from '../methods/sends.js';

/** Every standard method of a chain, all in the writer's thread. */
export function ethereumMethods(
  options: EthereumMethodsOptions,
  modules: { readonly chain: Blockchain; readonly clock: Clock },
): RpcMethod[] {
  const { chain, clock } = modules;
  const heavy = heavyMethods(chain);
  const getLogs = heavy.find(({ name }) => name === 'eth_getLogs')!;
  return [
    ...lightMethods(options, chain),
    ...heavy,
    ...slowMethods(chain),
    ...writerMethods(chain),
    ...sendMethods((raw) => chain.submitTransaction(raw)),
    ...feedMethods({ events: chain.events, clock, getLogs }),
  ];
}
