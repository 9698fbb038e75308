import { z } from 'zod';
import type { ChainLimits } from './chain-limits.js';
import { type ChainSize, SIZES } from './sizes.js';

const MAX_FIGURE = 1_000_000_000_000;

const figure = (min: number, max: number, meaning: string) =>
  z.int().min(min).max(max).optional().describe(meaning);

/** A figure that may be absent altogether; `none` and not null, since null in a PATCH takes the field away. */
const ceiling = (min: number, meaning: string, max = MAX_FIGURE) =>
  z
    .union([z.int().min(min).max(max), z.enum(['none'])])
    .optional()
    .describe(meaning);

const reservedSchema = z.strictObject({
  cpuMillis: figure(1, 1_000_000, 'Thousandths of a core that the host keeps free for it'),
  memoryMb: figure(16, 16_777_216, 'Memory that the host keeps free for it'),
});

const hostSchema = z.strictObject({
  cpuPercent: ceiling(5, 'Most processor time, in per cent of one core', 100_000),
  cpuWeight: figure(
    1,
    10_000,
    'Share, under contention, of what of the processor is promised to nobody; `small` has 100',
  ),
  memoryMb: ceiling(128, 'Most memory of the process, page cache included, without swap'),
  pids: ceiling(48, 'Most processes and threads', 4_194_304),
  ioWeight: figure(1, 1_000, 'Share of the disk under contention'),
  diskMb: ceiling(16, 'Most disk space; beyond it the chain is read-only (`DISK_FULL`)'),
  logKbPerSecond: ceiling(1, 'Most log output; what is beyond it is counted, not written'),
});

const edgeSchema = z.strictObject({
  requestsPerSecond: ceiling(1, 'HTTP requests and WebSocket messages per second'),
  requestBurst: ceiling(1, '… and as many at once after a pause'),
  bytesPerSecond: ceiling(65_536, 'Bytes of requests and answers per second'),
  connections: ceiling(1, 'Open connections'),
  inFlight: ceiling(1, 'Requests that wait for an answer'),
  bodyBytes: ceiling(1_024, 'Bytes of one request'),
  computeMsPerSecond: ceiling(1, 'Milliseconds of compute that answers may cost per second'),
  computeBurstMs: ceiling(1, '… and as many at once after a pause'),
  keyShare: z
    .number()
    .min(0.01)
    .max(1)
    .optional()
    .describe('The part of these rates that one key or, without keys, one address gets'),
});

const nodeSchema = z.strictObject({
  transactionsPerSecond: ceiling(1, 'Transactions taken per second, five seconds of them at once'),
  gasPerSecond: ceiling(21_000, 'Gas mined per second, five seconds of it at once'),
  poolTransactions: figure(16, 65_536, 'Executable transactions in the pool'),
  poolMb: figure(1, 4_096, 'Size of all transactions in the pool'),
  subscriptions: figure(1, 100_000, 'Subscriptions of one connection'),
  batch: figure(1, 10_000, 'Requests in one batch'),
  callGas: figure(100_000, 10_000_000_000, 'Gas of one call or estimate'),
  callMs: figure(10, 60_000, 'Milliseconds of one call'),
  traceMs: figure(10, 300_000, 'Milliseconds of one trace of a block'),
});

const natsSchema = z.strictObject({
  connections: figure(2, 1_000, "Connections of the chain's NATS account"),
  subscriptions: figure(8, 10_000, '… its subscriptions'),
  payloadBytes: figure(65_536, 67_108_864, '… and the bytes of one message'),
  messagesPerSecond: ceiling(10, 'Its messages that the control plane takes per second'),
});

/** Figures that replace those of the chain's size. */
export const limitsSchema = z
  .strictObject({
    reserved: reservedSchema.optional(),
    host: hostSchema.optional(),
    edge: edgeSchema.optional(),
    node: nodeSchema.optional(),
    nats: natsSchema.optional(),
  })
  .describe("Custom figures in place of the size's");

export type CustomLimits = z.output<typeof limitsSchema>;

/** What bounds a chain of this spec: its size's figures, with its own in their place. */
export function limitsOf(spec: {
  readonly size: ChainSize;
  readonly limits?: CustomLimits | undefined;
}): ChainLimits {
  const { reserved, host, edge, node, nats } = SIZES[spec.size];
  const custom = spec.limits;
  return {
    reserved: replaced(reserved, custom?.reserved),
    host: replaced(host, custom?.host),
    edge: replaced(edge, custom?.edge),
    node: replaced(node, custom?.node),
    nats: replaced(nats, custom?.nats),
  };
}

function replaced<Group extends object>(
  group: Group,
  custom: Readonly<Record<string, number | 'none' | undefined>> | undefined,
): Group {
  const given = Object.entries(custom ?? {}).filter(([, value]) => value !== undefined);
  const figures = given.map(([key, value]) => [key, value === 'none' ? null : value]);
  return { ...group, ...Object.fromEntries(figures) };
}
