import type { Header } from '../../block/types.js';
import { SimulationError, SimulationErrorCode } from './errors.js';
import type { SimulatedBlockRequest } from './types.js';

/** As geth. */
const MAX_BLOCKS = 256;
const MAX_CALLS = 1_000;

export interface PlannedBlock {
  readonly number: number;
  readonly timestamp: number;
  readonly request: SimulatedBlockRequest;
}

const EMPTY: SimulatedBlockRequest = { calls: [] };

/** Numbers and times of all blocks, gaps filled with empty ones. @throws SimulationError */
export function planBlocks(
  requests: readonly SimulatedBlockRequest[],
  base: Header,
): PlannedBlock[] {
  const calls = requests.reduce((sum, request) => sum + request.calls.length, 0);
  if (calls > MAX_CALLS) throw tooMany('calls', MAX_CALLS);
  const planned: PlannedBlock[] = [];
  let { number, timestamp } = base;
  for (const request of requests) {
    const { number: wanted, time } = request.blockOverrides ?? {};
    const next = wanted === undefined ? number + 1 : Number(wanted);
    if (next <= number) {
      throw new SimulationError(
        SimulationErrorCode.BlockNumberOutOfOrder,
        `block numbers must be in order: ${next} <= ${number}`,
      );
    }
    if (next - base.number > MAX_BLOCKS) throw tooMany('blocks', MAX_BLOCKS);
    while (++number < next) planned.push({ number, timestamp: ++timestamp, request: EMPTY });
    const at = time === undefined ? timestamp + 1 : Number(time);
    if (at < timestamp) {
      throw new SimulationError(
        SimulationErrorCode.BlockTimeOutOfOrder,
        `block timestamps must be in order: ${at} < ${timestamp}`,
      );
    }
    timestamp = at;
    planned.push({ number, timestamp, request });
  }
  return planned;
}

function tooMany(what: string, limit: number): SimulationError {
  return new SimulationError(SimulationErrorCode.LimitExceeded, `too many ${what}`, {
    data: { limit },
  });
}
