import type { LoadResult } from '../measure/round.js';

/** The result of a load of which nothing got lost. */
export const loadResult = (transactionsPerSecond: number): LoadResult => ({
  sent: 100,
  transactions: 100,
  seconds: 1,
  span: [0, 1_000],
  transactionsPerSecond,
  megagasPerSecond: 1,
  sendSeconds: 1,
  blocks: 1,
  largestBlock: 100,
  peerCpuMicros: 1,
  chainCpuMicros: 1,
  clientCpuMicros: 1,
  chainBytes: 1,
  retries: 0,
  errors: {},
  gasUsed: 1,
  missing: 0,
  doubled: 0,
  failed: 0,
});
