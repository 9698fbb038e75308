import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../test/stack.js';

export const RESULTS_FOLDER = join(repositoryRoot, 'bench/results');

/** What was kept of an earlier run; undefined when nothing was. */
export function loadResult<Result>(file: string): Result | undefined {
  const path = join(RESULTS_FOLDER, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Writes one file of `bench/results` and says so. */
export function saveResult(file: string, content: unknown): void {
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
  writeFileSync(join(RESULTS_FOLDER, file), text);
  console.log(`wrote bench/results/${file}`);
}
