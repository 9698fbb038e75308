import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import {
  identifyProcess,
  isAlive,
  type ProcessIdentity,
  processIdentitySchema,
} from '@flotilla/runtime-drivers';
import { UpError, UpErrorCode } from '../errors.js';

/** One supervisor per home. A lock whose holder is gone (kill -9, power) is taken over. */
export class SupervisorLock {
  private constructor(private readonly file: string) {}

  /** @throws UpError `ALREADY_RUNNING` with the holder's pid in its data */
  static acquire(file: string): SupervisorLock {
    const mine = `${file}.${process.pid}`;
    writeFileSync(mine, JSON.stringify(identifyProcess(process.pid)), { mode: 0o600 });
    try {
      // A link appears whole or not at all, and never replaces one that is there.
      while (!tryLink(mine, file)) {
        const holder = readHolder(file);
        if (holder !== undefined && isAlive(holder)) {
          throw new UpError(UpErrorCode.AlreadyRunning, `already running as ${holder.pid}`, {
            data: { pid: holder.pid },
          });
        }
        discard(file);
      }
    } finally {
      rmSync(mine, { force: true });
    }
    return new SupervisorLock(file);
  }

  release(): void {
    if (readHolder(this.file)?.pid === process.pid) rmSync(this.file, { force: true });
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(file: string): ProcessIdentity | undefined {
  try {
    return processIdentitySchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** By renaming first, so that of two that find it stale only one removes it. */
function discard(file: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
    const holder = readHolder(aside);
    // Between our look and the rename somebody else may have taken over: give it back.
    if (holder !== undefined && isAlive(holder)) tryLink(aside, file);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
