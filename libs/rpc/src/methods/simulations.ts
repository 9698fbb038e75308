import type { ChainView } from '@flotilla/chain';
import { formatSimulatedBlock } from '../format/simulation.js';
import type { RpcMethod } from '../method.js';
import { method, optional } from '../params/parser.js';
import { simulation } from '../params/simulation.js';
import { blockId } from '../params/values.js';

/** Whole blocks that might be. */
export function simulationMethods(chain: ChainView): RpcMethod[] {
  return [
    method(
      'eth_simulateV1',
      [simulation(chain.identity.chainId), optional(blockId, 'latest')],
      ([{ request, full }, block]) =>
        chain.simulate(request, block).map((simulated) => formatSimulatedBlock(simulated, full)),
    ),
  ];
}
