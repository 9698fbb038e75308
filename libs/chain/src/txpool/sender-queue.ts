import type { Transaction } from '../transaction/types.js';

export interface PoolEntry {
  readonly tx: Transaction;
  /** Order of arrival, across the whole pool. */
  readonly arrival: number;
  /** Most that the transaction can cost its sender: gas limit × fee cap + value, in wei. */
  readonly cost: bigint;
}

/** One sender's transactions by nonce: executable up to the first gap, queued behind it. */
export class SenderQueue {
  readonly #entries = new Map<bigint, PoolEntry>();
  #cost = 0n;
  #nextNonce: bigint;
  #pendingEnd: bigint;

  /** @param stateNonce the sender's nonce in the newest state */
  constructor(stateNonce: bigint) {
    this.#nextNonce = stateNonce;
    this.#pendingEnd = stateNonce;
  }

  get size(): number {
    return this.#entries.size;
  }

  get pending(): number {
    return Number(this.#pendingEnd - this.#nextNonce);
  }

  get queued(): number {
    return this.size - this.pending;
  }

  /** Most that all of them can cost, in wei. */
  get cost(): bigint {
    return this.#cost;
  }

  /** The nonce of the next executable transaction. */
  get nextNonce(): bigint {
    return this.#nextNonce;
  }

  /** The nonce after the last executable transaction. */
  get pendingEnd(): bigint {
    return this.#pendingEnd;
  }

  at(nonce: bigint): PoolEntry | undefined {
    return this.#entries.get(nonce);
  }

  isPending(nonce: bigint): boolean {
    return nonce >= this.#nextNonce && nonce < this.#pendingEnd;
  }

  /** Adds or replaces; returns what became executable by it, in nonce order. */
  put(entry: PoolEntry): PoolEntry[] {
    const { nonce } = entry.tx;
    const replaced = this.#entries.get(nonce);
    if (replaced !== undefined) this.#cost -= replaced.cost;
    this.#entries.set(nonce, entry);
    this.#cost += entry.cost;
    if (this.isPending(nonce)) return [entry];
    return this.#promote();
  }

  /** Takes one out; what follows it waits behind the gap. */
  remove(nonce: bigint): PoolEntry | undefined {
    const entry = this.#entries.get(nonce);
    if (entry === undefined) return undefined;
    this.#entries.delete(nonce);
    this.#cost -= entry.cost;
    if (this.isPending(nonce)) this.#pendingEnd = nonce;
    return entry;
  }

  /** Follows the state: returns what its new nonce made obsolete, and what became executable. */
  advance(stateNonce: bigint): { obsolete: PoolEntry[]; promoted: PoolEntry[] } {
    const obsolete: PoolEntry[] = [];
    if (stateNonce < this.#nextNonce) {
      this.#nextNonce = stateNonce;
      this.#pendingEnd = stateNonce;
    } else {
      const last = this.#pendingEnd < stateNonce ? this.#pendingEnd : stateNonce;
      for (let nonce = this.#nextNonce; nonce < last; nonce++) obsolete.push(this.#take(nonce));
      this.#nextNonce = stateNonce;
      if (this.#pendingEnd < stateNonce) {
        for (const nonce of [...this.#entries.keys()]) {
          if (nonce < stateNonce) obsolete.push(this.#take(nonce));
        }
        this.#pendingEnd = stateNonce;
      }
    }
    return { obsolete, promoted: this.#promote() };
  }

  /** Executable ones first, each part in nonce order. */
  *entries(): IterableIterator<PoolEntry> {
    const nonces = [...this.#entries.keys()].sort((a, b) => (a < b ? -1 : 1));
    for (const nonce of nonces) yield this.#entries.get(nonce)!;
  }

  #promote(): PoolEntry[] {
    const promoted: PoolEntry[] = [];
    for (;;) {
      const entry = this.#entries.get(this.#pendingEnd);
      if (entry === undefined) return promoted;
      promoted.push(entry);
      this.#pendingEnd++;
    }
  }

  #take(nonce: bigint): PoolEntry {
    const entry = this.#entries.get(nonce)!;
    this.#entries.delete(nonce);
    this.#cost -= entry.cost;
    return entry;
  }
}
