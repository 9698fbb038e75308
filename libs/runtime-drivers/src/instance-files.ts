import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  isAlive,
  type ProcessIdentity,
  processIdentitySchema,
} from './process/process-identity.js';

/** Written by the driver right after the start; the node itself writes instance.json once it serves. */
const processRecordSchema = processIdentitySchema.extend({
  spawnedAt: z.number(),
  /** How often the kernel had killed in its group before: more means that its memory ran out. */
  oomKills: z.number().optional(),
});
export type ProcessRecord = z.infer<typeof processRecordSchema>;

const publishedInstanceSchema = z
  .object({
    pid: z.number().int().positive(),
    /** The start time that proves the pid; named so in the node's file. */
    startedAt: z.union([z.number(), z.string()]),
    rpcUrl: z.string(),
    wsUrl: z.string(),
    peerUrl: z.string().optional(),
  })
  .transform(({ pid, startedAt, ...urls }) => ({
    identity: { pid, startTime: String(startedAt) } satisfies ProcessIdentity,
    ...urls,
  }));
export type PublishedInstance = z.infer<typeof publishedInstanceSchema>;

const recordFile = (folder: string) => join(folder, 'process.json');

export function loadProcessRecord(folder: string): ProcessRecord | undefined {
  return load(recordFile(folder), processRecordSchema);
}

export function saveProcessRecord(folder: string, record: ProcessRecord): void {
  const fresh = `${recordFile(folder)}.new`;
  writeFileSync(fresh, JSON.stringify(record), { mode: 0o600 });
  renameSync(fresh, recordFile(folder));
}

export function loadPublishedInstance(folder: string): PublishedInstance | undefined {
  return load(join(folder, 'instance.json'), publishedInstanceSchema);
}

/**
 * What runs on this folder. Usually one; two for a moment if an orchestrator died between a start and its
 * record, until the second finds the folder locked.
 */
export function aliveInstances(folder: string): ProcessIdentity[] {
  const known = [loadPublishedInstance(folder)?.identity, loadProcessRecord(folder)];
  const alive = known.filter(
    (each): each is ProcessIdentity => each !== undefined && isAlive(each),
  );
  return alive
    .filter(({ pid }, at) => alive.findIndex((other) => other.pid === pid) === at)
    .map(({ pid, startTime }) => ({ pid, startTime }));
}

/** A missing, half-written or foreign file says nothing. */
function load<Value>(file: string, schema: z.ZodType<Value>): Value | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
