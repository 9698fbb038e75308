import { join } from 'node:path';
import { type NodeLimits, nodeLimitsSchema } from '@flotilla/messaging';
import { JsonFile } from '../files/json-file.js';

/** Beside node.json, and apart from it: it may change while the node runs. */
export const LIMITS_FILE = 'limits.json';

/** A node that nobody has bounded: the root's, and nodes run by hand. */
export const NO_LIMITS: NodeLimits = {
  diskMb: null,
  logKbPerSecond: null,
  transactionsPerSecond: null,
  gasPerSecond: null,
  poolTransactions: 65_536,
  poolMb: 128,
  subscriptions: 1_000,
  inFlight: null,
  batch: 1_000,
  computeMsPerSecond: null,
  computeBurstMs: null,
  callGas: 50_000_000,
  callMs: 5_000,
  traceMs: 30_000,
};

/** Undefined when the folder holds none. @throws NodeError `NODE_FILE_CORRUPT` */
export function loadNodeLimits(folder: string): NodeLimits | undefined {
  const file = new JsonFile(join(folder, LIMITS_FILE), (value) => nodeLimitsSchema.parse(value));
  return file.load();
}
