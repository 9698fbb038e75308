import type { NodeLimits } from '@flotilla/messaging';
import { type Chain, chainLimits } from '@flotilla/orchestration';

/** What the node of a chain enforces itself: in its limits.json, and by message while it runs. */
export function nodeLimits(chain: Pick<Chain, 'spec' | 'status'>): NodeLimits {
  const { host, node, edge } = chainLimits(chain);
  const { diskMb, logKbPerSecond } = host;
  const { inFlight, computeMsPerSecond, computeBurstMs } = edge;
  return { ...node, diskMb, logKbPerSecond, inFlight, computeMsPerSecond, computeBurstMs };
}
