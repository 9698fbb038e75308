import { statfsSync, statSync } from 'node:fs';
import { ChainError, ChainErrorCode } from '@flotilla/chain';
import type { Logger } from '@flotilla/common';
import type { ExceededLimit } from '@flotilla/rpc';
import type { LimitHits } from './limit-hits.js';

export interface DiskGuardOptions {
  /** The database's file: nearly all that a chain keeps. */
  readonly databaseFile: string;
  readonly diskMb: number | null;
}

export interface DiskGuardModules {
  /** Bytes of the journal. */
  readonly journalBytes: () => number;
  readonly hits: LimitHits;
  readonly logger: Logger;
  /** Other disks in tests. */
  readonly measure?: (databaseFile: string) => DiskFigures;
}

export interface DiskFigures {
  readonly databaseBytes: number;
  /** Of the file system, for whoever we are. */
  readonly freeBytes: number;
}

const MB = 1024 * 1024;
const BLOCK_BYTES = 512;
/**
 * What is kept back so that everything that was let in can still be mined: a part of the quota, within bounds.
 */
const MARGIN_PART = 0.05;
const MARGIN_MIN_BYTES = 8 * MB;
const MARGIN_MAX_PART = 0.25;
/** A file system with less is full for us, whatever the quota. */
const FREE_MIN_BYTES = 64 * MB;

/**
 * Keeps a chain within its disk quota. Near it no transaction is let in any more; at it no block is made either: what
 * was promised waits in the journal. Either ends as soon as there is room.
 */
export class DiskGuard {
  readonly #databaseFile: string;
  readonly #modules: DiskGuardModules;
  #quota: number;
  #used = 0;
  #free = Number.POSITIVE_INFINITY;
  #wasFull = false;

  constructor(options: DiskGuardOptions, modules: DiskGuardModules) {
    this.#databaseFile = options.databaseFile;
    this.#modules = modules;
    this.#quota = quotaBytes(options.diskMb);
    this.measure();
  }

  /** Of the last measurement. */
  get bytes(): number {
    return this.#used;
  }

  /** Whether the chain is read-only. */
  get isFull(): boolean {
    return this.#room() < this.#margin();
  }

  limit(diskMb: number | null): void {
    this.#quota = quotaBytes(diskMb);
    this.measure();
  }

  /** Two system calls: cheap enough for every block. */
  measure(): void {
    const { journalBytes, measure = measureDisk } = this.#modules;
    const { databaseBytes, freeBytes } = measure(this.#databaseFile);
    this.#used = databaseBytes + journalBytes();
    this.#free = freeBytes;
    this.#tell();
  }

  /** Before a transaction is let in. @throws ChainError `DISK_FULL` */
  checkIntake(count = 1): void {
    if (!this.isFull) return;
    this.measure();
    if (!this.isFull) return;
    this.#modules.hits.count('diskMb', count);
    throw this.#error();
  }

  /** Before a block is made. @throws ChainError `DISK_FULL` */
  checkRoom(): void {
    if (this.#room() > 0) return;
    this.measure();
    if (this.#room() <= 0) throw this.#error();
  }

  #room(): number {
    return Math.min(this.#quota - this.#used, this.#free - FREE_MIN_BYTES);
  }

  #margin(): number {
    if (this.#quota === Number.POSITIVE_INFINITY) return MARGIN_MIN_BYTES;
    const wanted = Math.max(MARGIN_MIN_BYTES, this.#quota * MARGIN_PART);
    return Math.min(wanted, this.#quota * MARGIN_MAX_PART);
  }

  #tell(): void {
    if (this.isFull === this.#wasFull) return;
    this.#wasFull = this.isFull;
    const fields = {
      usedMb: toMb(this.#used),
      quotaMb: toMb(this.#quota),
      freeMb: toMb(this.#free),
    };
    const { logger } = this.#modules;
    if (this.#wasFull) logger.warn('disk full: the chain is read-only', fields);
    else logger.info('room on the disk again: the chain takes transactions', fields);
  }

  #error(): ChainError {
    const data = { limit: 'diskMb' } satisfies ExceededLimit;
    const message = 'limit exceeded: the disk quota is used up, the chain is read-only';
    return new ChainError(ChainErrorCode.DiskFull, message, { data, retryable: true });
  }
}

function measureDisk(databaseFile: string): DiskFigures {
  const { bavail, bsize } = statfsSync(databaseFile);
  return {
    databaseBytes: statSync(databaseFile).blocks * BLOCK_BYTES,
    freeBytes: bavail * bsize,
  };
}

const quotaBytes = (diskMb: number | null) =>
  diskMb === null ? Number.POSITIVE_INFINITY : diskMb * MB;
const toMb = (bytes: number) => (Number.isFinite(bytes) ? Math.round(bytes / MB) : null);
