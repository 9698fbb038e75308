import type { ChainLimits } from './chain-limits.js';

const MB = 1024 * 1024;

const SMALL: ChainLimits = {
  reserved: { cpuMillis: 14, memoryMb: 128 },
  host: {
    cpuPercent: 50,
    cpuWeight: 100,
    memoryMb: 512,
    pids: 128,
    ioWeight: 100,
    diskMb: 4_096,
    logKbPerSecond: 64,
  },
  edge: {
    requestsPerSecond: 2_000,
    requestBurst: 10_000,
    bytesPerSecond: 16 * MB,
    connections: 512,
    inFlight: 128,
    bodyBytes: 5 * MB,
    computeMsPerSecond: 1_000,
    computeBurstMs: 10_000,
    keyShare: 1,
  },
  node: {
    transactionsPerSecond: 1_000,
    gasPerSecond: 200_000_000,
    poolTransactions: 16_384,
    poolMb: 32,
    subscriptions: 1_000,
    batch: 1_000,
    callGas: 50_000_000,
    callMs: 5_000,
    traceMs: 15_000,
  },
  nats: { connections: 8, subscriptions: 64, payloadBytes: 8 * MB, messagesPerSecond: 200 },
};

const MEDIUM: ChainLimits = {
  reserved: { cpuMillis: 100, memoryMb: 256 },
  host: {
    cpuPercent: 100,
    cpuWeight: 200,
    memoryMb: 1_024,
    pids: 256,
    ioWeight: 200,
    diskMb: 16_384,
    logKbPerSecond: 256,
  },
  edge: {
    requestsPerSecond: 5_000,
    requestBurst: 15_000,
    bytesPerSecond: 64 * MB,
    connections: 2_048,
    inFlight: 512,
    bodyBytes: 5 * MB,
    computeMsPerSecond: 2_000,
    computeBurstMs: 20_000,
    keyShare: 1,
  },
  node: {
    transactionsPerSecond: 3_000,
    gasPerSecond: 500_000_000,
    poolTransactions: 32_768,
    poolMb: 64,
    subscriptions: 1_000,
    batch: 1_000,
    callGas: 50_000_000,
    callMs: 5_000,
    traceMs: 30_000,
  },
  nats: { connections: 8, subscriptions: 64, payloadBytes: 8 * MB, messagesPerSecond: 500 },
};

const LARGE: ChainLimits = {
  reserved: { cpuMillis: 400, memoryMb: 1_024 },
  host: {
    cpuPercent: 200,
    cpuWeight: 400,
    memoryMb: 4_096,
    pids: 512,
    ioWeight: 400,
    diskMb: 65_536,
    logKbPerSecond: 1_024,
  },
  edge: {
    requestsPerSecond: 20_000,
    requestBurst: 60_000,
    bytesPerSecond: 256 * MB,
    connections: 8_192,
    inFlight: 2_048,
    bodyBytes: 5 * MB,
    computeMsPerSecond: 8_000,
    computeBurstMs: 40_000,
    keyShare: 1,
  },
  node: {
    transactionsPerSecond: 10_000,
    gasPerSecond: 2_000_000_000,
    poolTransactions: 65_536,
    poolMb: 128,
    subscriptions: 1_000,
    batch: 1_000,
    callGas: 50_000_000,
    callMs: 5_000,
    traceMs: 30_000,
  },
  nats: { connections: 16, subscriptions: 256, payloadBytes: 8 * MB, messagesPerSecond: 2_000 },
};

/** Nothing but the machine's own: bounds that keep one answer finite stay, rates and ceilings go. */
const DEDICATED: ChainLimits = {
  reserved: { cpuMillis: 250, memoryMb: 512 },
  host: {
    cpuPercent: null,
    cpuWeight: 800,
    memoryMb: null,
    pids: null,
    ioWeight: 800,
    diskMb: null,
    logKbPerSecond: null,
  },
  edge: {
    requestsPerSecond: null,
    requestBurst: null,
    bytesPerSecond: null,
    connections: null,
    inFlight: null,
    bodyBytes: 5 * MB,
    computeMsPerSecond: null,
    computeBurstMs: null,
    keyShare: 1,
  },
  node: {
    transactionsPerSecond: null,
    gasPerSecond: null,
    poolTransactions: 65_536,
    poolMb: 128,
    subscriptions: 1_000,
    batch: 1_000,
    callGas: 50_000_000,
    callMs: 5_000,
    traceMs: 30_000,
  },
  nats: { connections: 16, subscriptions: 256, payloadBytes: 8 * MB, messagesPerSecond: null },
};

/** Ascending. */
export const SIZE_NAMES = ['small', 'medium', 'large', 'dedicated'] as const;
export type ChainSize = (typeof SIZE_NAMES)[number];

export function isSmaller(a: ChainSize, b: ChainSize): boolean {
  return SIZE_NAMES.indexOf(a) < SIZE_NAMES.indexOf(b);
}

/** The named sizes. What each promises is reserved on the host; all else is a ceiling. */
export const SIZES: Readonly<Record<ChainSize, ChainLimits>> = {
  small: SMALL,
  medium: MEDIUM,
  large: LARGE,
  dedicated: DEDICATED,
};
