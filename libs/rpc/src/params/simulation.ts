import type { SimulatedBlockRequest, SimulationRequest } from '@flotilla/chain';
import { blockOverride, callRequest, stateOverrides } from './call-request.js';
import { malformed, type Parser } from './parser.js';
import { field, fields, flag, list } from './values.js';

/** More is refused before it is looked at; the chain's own limits are tighter. */
const MAX_BLOCKS = 256;
const MAX_CALLS = 10_000;

export interface Simulation {
  readonly request: SimulationRequest;
  /** Answer with whole transactions. */
  readonly full: boolean;
}

function blockRequest(chainId: number): Parser<SimulatedBlockRequest> {
  const call = callRequest(chainId);
  return (value) => {
    const object = fields(value);
    return {
      blockOverrides: field(object, 'blockOverrides', blockOverride),
      stateOverrides: field(object, 'stateOverrides', stateOverrides),
      calls: field(object, 'calls', list(call, MAX_CALLS)) ?? [],
    };
  };
}

/** The first argument of `eth_simulateV1`. */
export function simulation(chainId: number): Parser<Simulation> {
  const blocks = list(blockRequest(chainId), MAX_BLOCKS);
  return (value) => {
    const object = fields(value);
    const requests = field(object, 'blockStateCalls', blocks) ?? [];
    if (requests.length === 0) throw malformed('empty input');
    return {
      request: {
        blocks: requests,
        traceTransfers: field(object, 'traceTransfers', flag) ?? false,
        validation: field(object, 'validation', flag) ?? false,
      },
      full: field(object, 'returnFullTransactions', flag) ?? false,
    };
  };
}
