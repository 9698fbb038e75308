import type { NodeLimits } from '@flotilla/messaging';
import { type ChainSpec, limitsOf } from '@flotilla/orchestration';

/** What the node of a chain enforces itself: in its limits.json, and by message while it runs. */
export function nodeLimits(spec: ChainSpec): NodeLimits {
  const { host, node, edge } = limitsOf(spec);
  const { diskMb, logKbPerSecond } = host;
  const { inFlight, computeMsPerSecond, computeBurstMs } = edge;
  return { ...node, diskMb, logKbPerSecond, inFlight, computeMsPerSecond, computeBurstMs };
}
