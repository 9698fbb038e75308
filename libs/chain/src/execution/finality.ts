import type { Hash } from '@flotilla/common';
import type { StateStore, WriteBatch } from '@flotilla/state';
import type { Header } from '../block/types.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import { type BlockPointer, decodePointer, encodePointer } from '../storage/block-records.js';
import type { ChainReader } from '../storage/chain-reader.js';
import { META } from '../storage/keys.js';

export type FinalityTag = 'safe' | 'finalized';

export interface FinalityModules {
  readonly store: StateStore;
  readonly reader: ChainReader;
}

/** Which block is anchored on the root (`safe`) and which is final there (`finalized`). They only move forward. */
export class Finality {
  readonly #genesis: Header;
  readonly #modules: FinalityModules;
  #pointers: Record<FinalityTag, BlockPointer>;

  constructor(genesis: Header, modules: FinalityModules) {
    this.#genesis = genesis;
    this.#modules = modules;
    this.#pointers = this.#load();
  }

  /** Another thread may have moved them. */
  reload(): void {
    this.#pointers = this.#load();
  }

  number(tag: FinalityTag): number {
    return this.#pointers[tag].number;
  }

  header(tag: FinalityTag): Header {
    return this.#at(this.#pointers[tag].number);
  }

  /**
   * Prepares the writes of one step forward: which tags move. Nothing moves backwards, nor on an equal number.
   * @throws ChainError `FINALITY_MISMATCH` when our block of that number has another hash, `BLOCK_NOT_FOUND`
   */
  advance(tag: FinalityTag, number: number, hash: Hash, batch: WriteBatch): FinalityTag[] {
    const header = this.#at(number);
    if (header.hash !== hash) {
      throw new ChainError(
        ChainErrorCode.FinalityMismatch,
        `block ${number} is ${header.hash} here, not ${hash}`,
      );
    }
    const tags: FinalityTag[] = tag === 'finalized' ? ['safe', 'finalized'] : ['safe'];
    const moved = tags.filter((name) => number > this.#pointers[name].number);
    for (const name of moved) {
      this.#pointers[name] = { number, hash };
      batch.put('meta', META[name], encodePointer({ number, hash }));
    }
    return moved;
  }

  #load(): Record<FinalityTag, BlockPointer> {
    const load = (key: Uint8Array): BlockPointer => {
      const record = this.#modules.store.get('meta', key);
      return record === undefined ? { number: 0, hash: this.#genesis.hash } : decodePointer(record);
    };
    return { safe: load(META.safe), finalized: load(META.finalized) };
  }

  #at(number: number): Header {
    const header = this.#modules.reader.headerByNumber(number);
    if (header === undefined) {
      throw new ChainError(ChainErrorCode.BlockNotFound, `block ${number} is not here`);
    }
    return header;
  }
}
