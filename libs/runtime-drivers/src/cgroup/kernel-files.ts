import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { RuntimeError, RuntimeErrorCode } from '../errors.js';

/** @throws RuntimeError `LIMIT_NOT_APPLIED` */
export function writeKernelFile(file: string, value: string): void {
  try {
    writeFileSync(file, value);
  } catch (cause) {
    throw refused(file, value, cause);
  }
}

/**
 * Moves a process to the group of a `cgroup.procs`. The kernel first lets every reader of its lists finish, which takes 8
 * to 30 ms: nobody else is to wait for that. @throws RuntimeError `LIMIT_NOT_APPLIED`
 */
export async function joinGroup(file: string, pid: number): Promise<void> {
  try {
    await writeFile(file, `${pid}`);
  } catch (cause) {
    throw refused(file, `${pid}`, cause);
  }
}

function refused(file: string, value: string, cause: unknown): RuntimeError {
  return new RuntimeError(
    RuntimeErrorCode.LimitNotApplied,
    `the kernel refused "${value}" for ${file}: ${(cause as Error).message}`,
    { cause, retryable: true },
  );
}

/** Undefined when it can't be read. */
export function readKernelFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

export function readKernelNumber(file: string): number | undefined {
  const text = readKernelFile(file);
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

/** One figure of a file with a name and a value in each line. */
export function readKernelField(file: string, name: string): number | undefined {
  const line = readKernelFile(file)
    ?.split('\n')
    .find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

/** @throws RuntimeError `LIMIT_NOT_APPLIED` */
export function makeGroup(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new RuntimeError(
      RuntimeErrorCode.LimitNotApplied,
      `no control group can be made: ${(cause as Error).message}`,
      { cause, retryable: true },
    );
  }
}

/** True when it is gone; a group with processes in it stays. */
export function removeGroup(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

export function groupsIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
