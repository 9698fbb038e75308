import type { EdgeLimits } from '@flotilla/messaging';

/** For routes that say nothing of limits: those of a control plane or a cache from before. */
export const DEFAULT_LIMITS: EdgeLimits = {
  requestsPerSecond: 2_000,
  requestBurst: 10_000,
  bytesPerSecond: 16 * 1024 * 1024,
  connections: 512,
  inFlight: 64,
  bodyBytes: 5 * 1024 * 1024,
  computeMsPerSecond: 500,
  computeBurstMs: 5_000,
  keyShare: 1,
};

/**
 * Everybody's anchors wait for the root, and they don't come this way: this is for whoever looks at a checkpoint, or
 * has a transaction of its own there now and then.
 */
export const ROOT_LIMITS: EdgeLimits = {
  ...DEFAULT_LIMITS,
  requestsPerSecond: 300,
  requestBurst: 2_000,
  connections: 256,
  inFlight: 32,
  computeMsPerSecond: 50,
  computeBurstMs: 1_000,
};

/** Shared by all requests for names that no chain has. */
export const STRAY_LIMITS: EdgeLimits = {
  ...DEFAULT_LIMITS,
  requestsPerSecond: 100,
  requestBurst: 200,
  connections: 256,
};
