import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { StoreError, StoreErrorCode } from './errors.js';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.js';

const ATTEMPTS = 10;

function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function parseOwner(text: string): ProcessIdentity | undefined {
  try {
    const owner = JSON.parse(text);
    return typeof owner?.pid === 'number' ? owner : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The exclusive right to write in a folder, as a file that names its owner. A lock whose owner is gone (kill -9, power
 * loss) is taken over; one of a living process never is.
 */
export class FolderLock {
  readonly #path: string;
  readonly #content: string;

  private constructor(path: string, content: string) {
    this.#path = path;
    this.#content = content;
  }

  /** @throws StoreError `DATABASE_LOCKED`, with the owner's pid; `OPEN_FAILED` when the file cannot be made */
  static acquire(path: string): FolderLock {
    const content = JSON.stringify(identifyProcess(process.pid));
    const own = `${path}.${process.pid}`;
    try {
      writeFileSync(own, content, { mode: 0o600 });
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (tryLink(own, path)) return new FolderLock(path, content);
        removeIfStale(path, own);
      }
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      throw new StoreError(StoreErrorCode.OpenFailed, `cannot lock ${path}`, { cause });
    } finally {
      rmSync(own, { force: true });
    }
    throw lockedBy(path, undefined);
  }

  /** The living process that holds the lock, if any. */
  static holder(path: string): number | undefined {
    const owner = parseOwner(existsSync(path) ? readFileSync(path, 'utf8') : '');
    return owner !== undefined && isAlive(owner) ? owner.pid : undefined;
  }

  /** Safe to call twice. */
  release(): void {
    try {
      if (readFileSync(this.#path, 'utf8') === this.#content) rmSync(this.#path, { force: true });
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
}

/** A hard link appears with its content and fails when the name is taken: what an exclusive create alone can't do. */
function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function removeIfStale(path: string, own: string): void {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const owner = parseOwner(text);
  if (owner !== undefined && isAlive(owner)) throw lockedBy(path, owner.pid);
  // Move aside first and look again: a competitor may have taken the stale lock over since.
  const aside = `${own}.stale`;
  renameSync(path, aside);
  if (readFileSync(aside, 'utf8') !== text) tryLink(aside, path);
  rmSync(aside);
}

function lockedBy(path: string, pid: number | undefined): StoreError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new StoreError(StoreErrorCode.DatabaseLocked, `${path} is held by ${who}`, {
    data: { path, pid },
  });
}
