import { join } from 'node:path';
import { z } from 'zod';
import { JsonFile } from '../files/json-file.js';

/**
 * Who may produce, and under which epoch: written by whoever had the root grant it, read by every instance of the
 * chain. A file and no message, so that it is there whenever an instance looks, NATS or not.
 */
export interface Lease {
  /** The instance that may produce. */
  readonly instance: string;
  /** As the root has granted it. */
  readonly epoch: number;
  /** Where that instance answers its peers; absent until it does. */
  readonly peerUrl?: string;
  /** Where it answers JSON-RPC; absent until it does. */
  readonly rpcUrl?: string;
  /** Threads for calls that each instance may have; absent: what the machine suggests. */
  readonly workers?: number;
}

export const LEASE_FILE = 'lease.json';

const leaseSchema = z.object({
  instance: z.string().min(1).max(64),
  epoch: z.number().int().positive(),
  peerUrl: z.string().url().optional(),
  rpcUrl: z.string().url().optional(),
  workers: z.number().int().positive().optional(),
});

/** Undefined for a chain of one instance. @throws NodeError `NODE_FILE_CORRUPT` */
export function loadLease(folder: string): Lease | undefined {
  return new JsonFile<Lease>(join(folder, LEASE_FILE), (value) => leaseSchema.parse(value)).load();
}
