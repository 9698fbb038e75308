import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Removes files that were last written before `before` (milliseconds since the Unix epoch). */
export function pruneFolder(folder: string, before: number): void {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (written !== undefined && written < before) rmSync(file, { force: true });
  }
}
