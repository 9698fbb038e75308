import { type Address, type Hash, hexToBytes } from '@flotilla/common';
import { type Account, EMPTY_TRIE_ROOT } from './account.js';
import type { AccountProof, SlotProof } from './account-proof.js';
import { auditState, type StateAudit } from './audit.js';
import { CodeCache } from './code-cache.js';
import { StateError, StateErrorCode } from './errors.js';
import { FlatRecords } from './flat-records.js';
import { History } from './history.js';
import { JournaledState } from './journaled-state.js';
import type { VersionedTable } from './record-change.js';
import { type StateDiff, StateDiffBuilder } from './state-diff.js';
import { loadStateHead, type StateHead, saveStateHead } from './state-head.js';
import { addressHash, slotHash } from './state-keys.js';
import type { StateReader } from './state-reader.js';
import type { StateStore, WriteBatch } from './state-store.js';
import { StateView } from './state-view.js';
import { finish } from './steps.js';
import { newestRecords, StoredTrie, type VersionedRecords } from './stored-trie.js';
import { proveKey } from './trie/prove.js';

const CODE_CACHE_BYTES = 8 * 1024 * 1024;
const PRUNED_BLOCKS_PER_CALL = 4;

export interface WorldStateOptions {
  /** Keeps every block's reverse diff: prune does nothing. */
  readonly archive?: boolean;
  /** For a store that another thread writes: the head is read anew each time. */
  readonly readOnly?: boolean;
}

/** What a change of the state will write. Dropping it changes nothing. */
export interface PreparedCommit {
  readonly stateRoot: Hash;
  /** Adds the writes. The batch must be committed before the state is used again. */
  apply(batch: WriteBatch): void;
}

/**
 * The accounts of a chain: flat records for reads, a trie kept by path for the root and for proofs, reverse diffs
 * for the past. One writer; synchronous.
 */
export class WorldState implements StateReader {
  readonly #options: WorldStateOptions;
  readonly #store: StateStore;
  readonly #history: History;
  readonly #flat: FlatRecords;
  readonly #codes = new CodeCache(CODE_CACHE_BYTES);
  readonly #begunOn = new WeakMap<JournaledState, Hash>();
  #head: StateHead | undefined;

  constructor(options: WorldStateOptions, modules: { readonly store: StateStore }) {
    this.#options = options;
    this.#store = modules.store;
    this.#history = new History(modules.store);
    this.#flat = new FlatRecords(modules.store, options.readOnly !== true);
    this.#head = loadStateHead(modules.store);
  }

  /** Undefined before the genesis is committed. */
  get head(): StateHead | undefined {
    if (this.#options.readOnly) this.#head = loadStateHead(this.#store);
    return this.#head;
  }

  /** Of the newest block. */
  root(): Hash {
    return this.head?.root ?? EMPTY_TRIE_ROOT;
  }

  account(address: Address): Account | undefined {
    return this.#flat.account(address).account;
  }

  slot(address: Address, slot: bigint): bigint {
    return this.#flat.slot(address, slot).value;
  }

  code(hash: Hash): Uint8Array {
    let code = this.#codes.get(hash);
    if (code !== undefined) return code;
    code = this.#store.get('codes', hexToBytes(hash));
    if (code === undefined) {
      throw new StateError(StateErrorCode.CorruptState, `the code ${hash} is missing`);
    }
    this.#codes.set(hash, code);
    return code;
  }

  /** An overlay on the newest state, for the next block. */
  begin(): JournaledState {
    const overlay = new JournaledState(this);
    this.#begunOn.set(overlay, this.root());
    return overlay;
  }

  /**
   * Computes the state root after the overlay's changes, and the writes that lead there.
   * @param blockNumber the next one; the first commit may choose
   * @throws StateError `STALE_OVERLAY` when another commit came between
   */
  prepareCommit(overlay: JournaledState, blockNumber: number): PreparedCommit {
    return finish(this.prepareInSteps(overlay, blockNumber));
  }

  /**
   * As prepareCommit, in steps of about a millisecond, between which neither overlay nor state may change.
   * @throws StateError `STALE_OVERLAY` at the first step
   */
  *prepareInSteps(overlay: JournaledState, blockNumber: number): Generator<void, PreparedCommit> {
    const head = this.#head;
    const isNext = head === undefined || blockNumber === head.blockNumber + 1;
    if (!isNext || this.#begunOn.get(overlay) !== this.root()) {
      throw new StateError(StateErrorCode.StaleOverlay, 'the overlay is not of the newest state', {
        data: { blockNumber },
      });
    }
    const builder = new StateDiffBuilder(this.#store, this.#flat, blockNumber);
    const diff = yield* builder.build(overlay, this.root());
    yield;
    const history = head && this.#history.encode(blockNumber, head.root, diff.changes);
    return {
      stateRoot: diff.rootAfter,
      apply: (batch) => {
        for (const [key, value] of history ?? []) batch.put('history', key, value);
        this.#apply(batch, diff, blockNumber);
      },
    };
  }

  /**
   * Changes the newest state without a block: its root is then another than the newest block's header says. Earlier
   * states stay readable as they were.
   * @throws StateError `STALE_OVERLAY` when a commit came between, or there is no state yet
   */
  prepareAmendment(overlay: JournaledState): PreparedCommit {
    const head = this.#head;
    if (head === undefined || this.#begunOn.get(overlay) !== head.root) {
      throw new StateError(StateErrorCode.StaleOverlay, 'the overlay is not of the newest state');
    }
    const { blockNumber } = head;
    const builder = new StateDiffBuilder(this.#store, this.#flat, blockNumber);
    const diff = finish(builder.build(overlay, head.root));
    return {
      stateRoot: diff.rootAfter,
      apply: (batch) => {
        this.#history.amend(batch, blockNumber, diff.changes);
        putChanges(batch, diff);
        diff.remember();
        this.#setHead(batch, { ...head, root: diff.rootAfter });
      },
    };
  }

  /** The store was taken back to what it held before: so is what is remembered of it. */
  reload(): void {
    this.#flat.forget();
    this.#head = loadStateHead(this.#store);
  }

  /**
   * The state after a block.
   * @throws StateError `HISTORY_PRUNED`, `UNKNOWN_BLOCK`
   */
  at(blockNumber: number): StateView {
    return new StateView(this, blockNumber, this.#rootAt(blockNumber));
  }

  /** A flat record or trie node after a block. @throws StateError `HISTORY_PRUNED`, `UNKNOWN_BLOCK` */
  recordAt(table: VersionedTable, key: Uint8Array, blockNumber: number): Uint8Array | undefined {
    const head = this.#requireReadable(blockNumber);
    if (blockNumber === head.blockNumber) return this.#store.get(table, key);
    return this.#history.recordAt(table, key, blockNumber);
  }

  /**
   * Merkle proofs of an account and of slots of it, after a block (EIP-1186).
   * @throws StateError `HISTORY_PRUNED`, `UNKNOWN_BLOCK`
   */
  proof(blockNumber: number, address: Address, slots: readonly bigint[]): AccountProof {
    const view = this.at(blockNumber);
    const account = view.account(address);
    const key = addressHash(address);
    const records = this.#recordsAt(blockNumber);
    const accounts = new StoredTrie(records);
    const storage = new StoredTrie(records, key);
    const storageRoot = account?.storageRoot ?? EMPTY_TRIE_ROOT;
    return {
      address,
      account,
      accountProof: proveKey(accounts, view.root, key),
      storageProof: slots.map(
        (slot): SlotProof => ({
          slot,
          value: account === undefined ? 0n : view.slot(address, slot),
          proof: proveKey(storage, storageRoot, slotHash(slot)),
        }),
      ),
    };
  }

  /**
   * Adds to the batch the removal of what only states before `keepFrom` need, at most `maxBlocks` blocks' worth, the
   * rest being left to later calls. Does nothing on an archive.
   */
  prune(keepFrom: number, batch: WriteBatch, maxBlocks = PRUNED_BLOCKS_PER_CALL): void {
    const head = this.#head;
    if (this.#options.archive || head === undefined) return;
    const target = Math.min(keepFrom, head.blockNumber, head.oldestBlock + maxBlocks);
    let oldestBlock = head.oldestBlock;
    // The diff of block n leads from n back to n - 1: without it n is the oldest that can be read.
    while (oldestBlock < target && this.#history.forget(batch, oldestBlock + 1)) oldestBlock++;
    if (oldestBlock > head.oldestBlock) this.#setHead(batch, { ...head, oldestBlock });
  }

  /** See auditState. */
  audit(): StateAudit {
    return auditState(this.#store, this.root());
  }

  #apply(batch: WriteBatch, diff: StateDiff, blockNumber: number): void {
    putChanges(batch, diff);
    diff.remember();
    const oldestBlock = this.#head?.oldestBlock ?? blockNumber;
    this.#setHead(batch, { blockNumber, root: diff.rootAfter, oldestBlock });
  }

  #setHead(batch: WriteBatch, head: StateHead): void {
    this.#head = head;
    saveStateHead(batch, head);
  }

  #requireReadable(blockNumber: number): StateHead {
    const head = this.head;
    if (head === undefined || blockNumber > head.blockNumber) {
      throw new StateError(StateErrorCode.UnknownBlock, `block ${blockNumber} is not here yet`, {
        data: { blockNumber },
      });
    }
    if (blockNumber < head.oldestBlock) {
      throw new StateError(
        StateErrorCode.HistoryPruned,
        `the state of block ${blockNumber} is pruned; the oldest kept is ${head.oldestBlock}`,
        { data: { blockNumber } },
      );
    }
    return head;
  }

  #rootAt(blockNumber: number): Hash {
    const head = this.#requireReadable(blockNumber);
    return blockNumber === head.blockNumber ? head.root : this.#history.rootBefore(blockNumber + 1);
  }

  #recordsAt(blockNumber: number): VersionedRecords {
    if (blockNumber === this.head?.blockNumber) return newestRecords(this.#store);
    return {
      get: (table, key) => this.recordAt(table, key, blockNumber),
      range: (table, gte, lt) => this.#history.rangeAt(table, gte, lt, blockNumber),
    };
  }
}

function putChanges(batch: WriteBatch, diff: StateDiff): void {
  for (const { table, key, after } of diff.changes) {
    if (after === undefined) batch.delete(table, key);
    else batch.put(table, key, after);
  }
  for (const [hash, code] of diff.codes) batch.put('codes', hexToBytes(hash), code);
}
