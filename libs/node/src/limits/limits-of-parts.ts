import type { CallLimits, ChainConfig, PoolLimits } from '@flotilla/chain';
import type { NodeLimits } from '@flotilla/messaging';
import type { ChangeableLimits } from '@flotilla/rpc';

const MB = 1024 * 1024;

export function poolLimits({ poolTransactions, poolMb }: NodeLimits): PoolLimits {
  return { globalPending: poolTransactions, bytes: poolMb * MB };
}

export function callLimits({ callGas, callMs, traceMs }: NodeLimits): CallLimits {
  return { gasCap: BigInt(callGas), timeoutMs: callMs, traceTimeoutMs: traceMs };
}

export function serverLimits({
  batch,
  subscriptions,
  inFlight,
  computeMsPerSecond,
  computeBurstMs,
}: NodeLimits): ChangeableLimits {
  return {
    maxBatch: batch,
    maxSubscriptions: subscriptions,
    computeMsPerSecond,
    computeBurstMs,
    ...(inFlight !== null && { maxInFlight: inFlight }),
  };
}

/** The chain's configuration under these limits; nothing of it concerns consensus. */
export function limited(config: ChainConfig, limits: NodeLimits): ChainConfig {
  return { ...config, pool: poolLimits(limits), calls: callLimits(limits) };
}
