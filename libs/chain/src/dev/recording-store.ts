import { bytesToHex } from '@flotilla/common';
import {
  type RangeOptions,
  type StateStore,
  type Table,
  WriteBatch,
  type WriteOperation,
} from '@flotilla/state';

export interface RecordingLimits {
  /** Bytes of keys and values that are remembered for all snapshots together. */
  readonly bytes: number;
  readonly snapshots: number;
}

const DEFAULT_LIMITS: RecordingLimits = { bytes: 64 * 1024 * 1024, snapshots: 1024 };

/** What was overwritten between one snapshot and the next. */
interface Segment {
  readonly id: number;
  readonly images: Map<string, WriteOperation>;
  bytes: number;
}

/**
 * A store that can go back: once there is a snapshot, every commit first remembers what it overwrites. In memory
 * only; the oldest snapshots are given up when that takes too much.
 */
export class RecordingStore implements StateStore {
  readonly #store: StateStore;
  readonly #limits: RecordingLimits;
  readonly #segments: Segment[] = [];
  #nextId = 1;
  #bytes = 0;
  /** Everything up to this id was given up. */
  #lastDropped = 0;

  constructor(store: StateStore, limits: RecordingLimits = DEFAULT_LIMITS) {
    this.#store = store;
    this.#limits = limits;
  }

  get(table: Table, key: Uint8Array): Uint8Array | undefined {
    return this.#store.get(table, key);
  }

  range(table: Table, options: RangeOptions): Iterable<readonly [Uint8Array, Uint8Array]> {
    return this.#store.range(table, options);
  }

  commit(batch: WriteBatch): Promise<void> {
    const newest = this.#segments.at(-1);
    if (newest !== undefined) this.#record(newest, batch);
    return this.#store.commit(batch);
  }

  /** From here on a way back is kept. Ids count from 1 and are never used again. */
  snapshot(): number {
    const id = this.#nextId++;
    this.#segments.push({ id, images: new Map(), bytes: 0 });
    if (this.#segments.length > this.#limits.snapshots) this.#dropOldest();
    return id;
  }

  /** `dropped`: there was one, and it was given up for want of memory. */
  find(id: number): 'kept' | 'dropped' | 'unknown' {
    if (this.#segments.some((segment) => segment.id === id)) return 'kept';
    return id >= 1 && id <= this.#lastDropped ? 'dropped' : 'unknown';
  }

  /**
   * The writes that lead back to a snapshot that is kept; it and all later ones are gone then. Whoever takes them
   * commits them with `commitUnrecorded`: for an older snapshot nothing has happened.
   */
  rewind(id: number): WriteBatch {
    const at = this.#segments.findIndex((segment) => segment.id === id);
    const images = new Map<string, WriteOperation>();
    for (const segment of this.#segments.splice(at)) {
      this.#bytes -= segment.bytes;
      for (const [name, image] of segment.images) if (!images.has(name)) images.set(name, image);
    }
    const batch = new WriteBatch();
    for (const { table, key, value } of images.values()) {
      if (value === undefined) batch.delete(table, key);
      else batch.put(table, key, value);
    }
    return batch;
  }

  commitUnrecorded(batch: WriteBatch): Promise<void> {
    return this.#store.commit(batch);
  }

  /** Gives up all snapshots. */
  clear(): void {
    this.#segments.length = 0;
    this.#bytes = 0;
  }

  #record(segment: Segment, batch: WriteBatch): void {
    for (const { table, key } of batch.operations) {
      const name = `${table} ${bytesToHex(key)}`;
      if (segment.images.has(name)) continue;
      const value = this.#store.get(table, key);
      segment.images.set(name, { table, key, value });
      // The name is kept as well, two characters to a byte.
      const bytes = 3 * key.length + (value?.length ?? 0);
      segment.bytes += bytes;
      this.#bytes += bytes;
    }
    while (this.#bytes > this.#limits.bytes) this.#dropOldest();
  }

  #dropOldest(): void {
    const oldest = this.#segments.shift();
    if (oldest === undefined) return;
    this.#bytes -= oldest.bytes;
    this.#lastDropped = oldest.id;
  }
}
