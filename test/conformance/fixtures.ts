import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ARCHIVE = 'ethereum-tests.tar.xz';

/**
 * The folder of published test data: FLOTILLA_FIXTURES, or `../shared/fixtures` beside the checkout. A suite without
 * its data must fail, not pass by doing nothing.
 */
export function fixturesFolder(): string {
  const folder = resolve(process.env.FLOTILLA_FIXTURES ?? '../shared/fixtures');
  if (!existsSync(join(folder, ARCHIVE))) {
    throw new Error(`No conformance fixtures in ${folder}: set FLOTILLA_FIXTURES to their folder`);
  }
  return folder;
}

/** Unpacks Ethereum's official tests once per version of the archive, outside the checkout. */
export function ethereumTestsFolder(): string {
  const archive = join(fixturesFolder(), ARCHIVE);
  const { mtimeMs, size } = statSync(archive);
  const target = join(tmpdir(), `flotilla-ethereum-tests-${size}-${Math.floor(mtimeMs)}`);
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  execFileSync('tar', ['xJf', archive, '-C', partial]);
  try {
    renameSync(partial, target);
  } catch (error) {
    // Another runner was faster.
    if (!existsSync(target)) throw error;
  }
  return target;
}

/** Every JSON file below the folder, in order. */
export function jsonFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
}

export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
