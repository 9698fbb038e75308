import type { Clock } from '@flotilla/common';
import { WriteBatch } from '@flotilla/state';
import { ChainError, ChainErrorCode } from '../errors.js';
import { META } from '../storage/keys.js';
import type { Transaction } from '../transaction/types.js';
import { DEV_TIME_KEY, type DevTime, decodeDevTime, loadDevTime, saveDevTime } from './dev-time.js';
import { isKept } from './kept-records.js';
import type { RecordingStore } from './recording-store.js';

/** What a snapshot holds beside the store. */
interface Note {
  readonly pooled: readonly Transaction[];
  /** Milliseconds since the Unix epoch. */
  readonly takenAt: number;
}

/** What goes back with the store. */
export interface Rewound {
  readonly batch: WriteBatch;
  readonly pooled: readonly Transaction[];
  /** Whether there are blocks that the snapshot didn't know. */
  readonly movesHead: boolean;
}

const HEAD = String(META.head);
const TIME = String(DEV_TIME_KEY);

/** `evm_snapshot` and `evm_revert`, up to the commit. */
export class Snapshots {
  readonly #store: RecordingStore;
  readonly #clock: Clock;
  readonly #notes = new Map<number, Note>();

  constructor(modules: { readonly store: RecordingStore; readonly clock: Clock }) {
    this.#store = modules.store;
    this.#clock = modules.clock;
  }

  take(pooled: readonly Transaction[]): number {
    const id = this.#store.snapshot();
    this.#notes.set(id, { pooled, takenAt: this.#clock.now() });
    for (const known of this.#notes.keys()) {
      if (this.#store.find(known) !== 'kept') this.#notes.delete(known);
    }
    return id;
  }

  /**
   * The writes that lead back; the snapshot and all later ones are used up. Time goes on from when it was taken.
   * Undefined when there is no such snapshot (any more).
   * @throws ChainError `SNAPSHOT_DROPPED` when it was given up for want of memory
   */
  rewind(id: number): Rewound | undefined {
    const found = this.#store.find(id);
    if (found === 'unknown') return undefined;
    const note = this.#notes.get(id);
    if (found === 'dropped' || note === undefined) {
      throw new ChainError(
        ChainErrorCode.SnapshotDropped,
        `snapshot 0x${id.toString(16)} was dropped: too much has changed since`,
      );
    }
    const batch = new WriteBatch();
    let movesHead = false;
    let time = loadDevTime(this.#store);
    for (const operation of this.#store.rewind(id).operations) {
      const { table, key, value } = operation;
      if (isKept(table, key)) continue;
      if (table === 'meta' && String(key) === HEAD) movesHead = true;
      if (table === 'meta' && String(key) === TIME) time = decodeDevTime(value);
      if (value === undefined) batch.delete(table, key);
      else batch.put(table, key, value);
    }
    if (time !== undefined) saveDevTime(batch, backdated(time, this.#clock.now() - note.takenAt));
    for (const later of [...this.#notes.keys()]) if (later >= id) this.#notes.delete(later);
    return { batch, pooled: note.pooled, movesHead };
  }

  clear(): void {
    this.#store.clear();
    this.#notes.clear();
  }
}

/** As if no time had passed since. */
function backdated(time: DevTime, passedMs: number): DevTime {
  return { ...time, offset: time.offset - Math.floor(passedMs / 1000) };
}
