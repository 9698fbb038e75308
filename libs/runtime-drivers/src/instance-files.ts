import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type ProcessIdentity, processIdentitySchema } from './process/process-identity.js';

/** Written by the driver right after the start; the node itself writes instance.json once it serves. */
const processRecordSchema = processIdentitySchema.extend({ spawnedAt: z.number() });
export type ProcessRecord = z.infer<typeof processRecordSchema>;

const publishedInstanceSchema = z
  .object({
    pid: z.number().int().positive(),
    /** The start time that proves the pid; named so in the node's file. */
    startedAt: z.union([z.number(), z.string()]),
    rpcUrl: z.string(),
    wsUrl: z.string(),
  })
  .transform(({ pid, startedAt, rpcUrl, wsUrl }) => ({
    identity: { pid, startTime: String(startedAt) } satisfies ProcessIdentity,
    rpcUrl,
    wsUrl,
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

/** A missing, half-written or foreign file says nothing. */
function load<Value>(file: string, schema: z.ZodType<Value>): Value | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
