import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { z } from 'zod';

/** Undefined when there is none, or what is there is not readable as such: it is written anew then. */
export function loadJson<Value>(file: string, schema: z.ZodType<Value>): Value | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Only the owner may read it. A crash leaves the old content or the new, never half of it. */
export function saveJson(file: string, value: unknown): void {
  saveText(file, `${JSON.stringify(value, null, 2)}\n`);
}

export function saveText(file: string, text: string): void {
  const fresh = `${file}.new`;
  const descriptor = openSync(fresh, 'w', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, file);
}
