import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransactionJournal } from '@flotilla/chain';
import { failpoint } from '@flotilla/common';
import { StoreError, StoreErrorCode } from './errors.js';
import { frameLength, writeFrame } from './journal-frame.js';
import { encodeSegment, scanSegment } from './journal-segment.js';

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const DEFAULT_ROTATE_ABOVE_BYTES = 256 * 1024;
const MAX_GROUP_BYTES = 8 * 1024 * 1024;

const SEGMENT_NAME = /^segment-(\d{12})\.log$/;

export interface FileJournalOptions {
  /** Made when missing. Belongs to one process at a time: whoever holds the store's lock. */
  readonly folder: string;
  /** Appends that would make the segment longer are refused. Default: 256 MiB. */
  readonly maxBytes?: number;
  /** prune leaves shorter segments alone. Default: 256 KiB, which is replayed in some tens of milliseconds. */
  readonly rotateAboveBytes?: number;
}

interface Append {
  readonly payload: Uint8Array;
  resolve(): void;
  reject(error: StoreError): void;
}

interface Rotation {
  readonly kept: readonly Uint8Array[];
  resolve(): void;
  reject(error: StoreError): void;
}

function segmentName(number: number): string {
  return `segment-${String(number).padStart(12, '0')}.log`;
}

/**
 * The transaction journal as a file: appends that arrive while an fsync is under way share the next one. After a
 * failed write or fsync every call fails: what is on the disk is unknown then, and the process must exit.
 */
export class FileJournal implements TransactionJournal {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #rotateAboveBytes: number;
  #segment = 0;
  #file: FileHandle | undefined;
  /** Of the segment: all of it is durable between two writes. */
  #length = 0;
  #bornLength = 0;
  #replayed: readonly Uint8Array[] = [];
  #queue: Append[] = [];
  #queuedBytes = 0;
  #group: readonly Append[] = [];
  #rotation: Rotation | undefined;
  #work: Promise<void> | undefined;
  #failure: StoreError | undefined;

  /** Bytes of a torn write that were found at the end and cut off when the journal was opened. */
  readonly tornBytes: number;

  private constructor(options: FileJournalOptions, tornBytes: number) {
    this.#folder = options.folder;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#rotateAboveBytes = options.rotateAboveBytes ?? DEFAULT_ROTATE_ABOVE_BYTES;
    this.tornBytes = tornBytes;
  }

  /** @throws StoreError `CORRUPT_RECORD`, `OPEN_FAILED` */
  static async open(options: FileJournalOptions): Promise<FileJournal> {
    const { folder } = options;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const newest = cleanFolder(folder);
      if (newest === 0) {
        const journal = new FileJournal(options, 0);
        await journal.#startSegment([]);
        return journal;
      }
      const path = join(folder, segmentName(newest));
      const scanned = scanSegment(path, readFileSync(path));
      const journal = new FileJournal(options, scanned.tornBytes);
      await journal.#continueSegment(newest, scanned.length);
      journal.#replayed = scanned.payloads;
      return journal;
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      const data = { path: folder };
      throw new StoreError(StoreErrorCode.OpenFailed, `cannot open ${folder}`, { cause, data });
    }
  }

  /** Length of the segment in bytes. */
  get length(): number {
    return this.#length;
  }

  /** @throws StoreError `JOURNAL_FULL` (retryable), `COMMIT_FAILED`, `CLOSED` */
  append(raw: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const bytes = frameLength(raw);
    if (this.#length + this.#queuedBytes + bytes > this.#maxBytes) {
      const message = `the journal has reached its ${this.#maxBytes} bytes`;
      return Promise.reject(
        new StoreError(StoreErrorCode.JournalFull, message, { retryable: true }),
      );
    }
    this.#queuedBytes += bytes;
    return new Promise((resolve, reject) => {
      this.#queue.push({ payload: raw, resolve, reject });
      this.#work ??= this.#run();
    });
  }

  *replay(): Iterable<Uint8Array> {
    yield* this.#replayed;
    this.#replayed = [];
  }

  /**
   * Starts a new segment with these records, unless the present one is short and it needn't be `always`. Reads
   * `stillPending` when it begins, which with `always` may be after another rotation. Whatever is being appended then is
   * kept too; what was appended before must be among `stillPending` to live on.
   * @throws StoreError `COMMIT_FAILED`, `CLOSED`
   */
  async prune(
    stillPending: Iterable<Uint8Array>,
    options: { readonly always: boolean } = { always: false },
  ): Promise<void> {
    if (options.always) while (this.#rotation !== undefined) await this.#work;
    if (this.#failure !== undefined) throw this.#failure;
    const isShort = this.#length < Math.max(this.#rotateAboveBytes, 2 * this.#bornLength);
    if ((isShort && !options.always) || this.#rotation !== undefined) return;
    const kept = [...stillPending, ...this.#group.map(({ payload }) => payload)];
    return new Promise((resolve, reject) => {
      this.#rotation = { kept, resolve, reject };
      this.#work ??= this.#run();
    });
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    while (this.#work !== undefined) await this.#work;
    this.#failure ??= new StoreError(StoreErrorCode.Closed, 'the journal is closed');
    await this.#file?.close();
    this.#file = undefined;
  }

  async #run(): Promise<void> {
    // Whatever else is appended in this turn of the event loop comes along.
    await Promise.resolve();
    try {
      while (this.#rotation !== undefined || this.#queue.length > 0) {
        if (this.#rotation !== undefined) await this.#rotate(this.#rotation);
        else await this.#writeGroup();
      }
    } catch (cause) {
      this.#fail(new StoreError(StoreErrorCode.CommitFailed, 'the journal failed', { cause }));
    }
    this.#work = undefined;
  }

  async #writeGroup(): Promise<void> {
    const group = this.#takeGroup();
    this.#group = group;
    let bytes = 0;
    for (const { payload } of group) bytes += frameLength(payload);
    const buffer = Buffer.allocUnsafe(bytes);
    let at = 0;
    for (const { payload } of group) at = writeFrame(buffer, at, payload, this.#length);
    await writeFully(this.#file!, buffer, this.#length);
    failpoint('journal.written');
    await this.#file!.datasync();
    failpoint('journal.synced');
    this.#length += bytes;
    this.#queuedBytes -= bytes;
    this.#group = [];
    for (const append of group) append.resolve();
  }

  #takeGroup(): Append[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#queue.length && bytes < MAX_GROUP_BYTES) {
      bytes += frameLength(this.#queue[count++].payload);
    }
    return this.#queue.splice(0, count);
  }

  async #rotate(rotation: Rotation): Promise<void> {
    const old = join(this.#folder, segmentName(this.#segment));
    await this.#startSegment(rotation.kept);
    await rm(old);
    failpoint('journal.rotated');
    this.#rotation = undefined;
    rotation.resolve();
  }

  /** The next segment gets its name once it is whole and durable: there is always one to go by. */
  async #startSegment(payloads: readonly Uint8Array[]): Promise<void> {
    const number = this.#segment + 1;
    const path = join(this.#folder, segmentName(number));
    const content = encodeSegment(payloads);
    const file = await open(`${path}.new`, 'w', 0o600);
    await file.writeFile(content);
    await file.sync();
    await file.close();
    failpoint('journal.rotating');
    await rename(`${path}.new`, path);
    await syncFolder(this.#folder);
    await this.#continueSegment(number, content.length);
  }

  async #continueSegment(number: number, length: number): Promise<void> {
    await this.#file?.close();
    this.#segment = number;
    this.#file = await open(join(this.#folder, segmentName(number)), 'r+');
    await this.#file.truncate(length);
    await this.#file.sync();
    this.#length = length;
    this.#bornLength = length;
  }

  #fail(failure: StoreError): void {
    this.#failure ??= failure;
    for (const append of [...this.#group, ...this.#queue]) append.reject(this.#failure);
    this.#rotation?.reject(this.#failure);
    this.#rotation = undefined;
    this.#group = [];
    this.#queue = [];
  }
}

function segmentNumber(name: string): number {
  return Number(SEGMENT_NAME.exec(name)?.[1] ?? 0);
}

/** The segment that counts, of a folder's files. */
export function newestSegment(names: readonly string[]): string | undefined {
  const newest = Math.max(0, ...names.map(segmentNumber));
  return newest === 0 ? undefined : segmentName(newest);
}

/** Removes what a rotation left half done, and segments that a newer one replaces. The newest's number, or 0. */
function cleanFolder(folder: string): number {
  const names = readdirSync(folder);
  const newest = Math.max(0, ...names.map(segmentNumber));
  for (const name of names) {
    const number = segmentNumber(name);
    const isLeftOver = name.endsWith('.log.new') || (number > 0 && number < newest);
    if (isLeftOver) rmSync(join(folder, name));
  }
  return newest;
}

async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
