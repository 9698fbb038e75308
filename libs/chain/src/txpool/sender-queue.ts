import type { Transaction } from '../transaction/types.js';

export interface PoolEntry {
  readonly tx: Transaction;
  /** Order of arrival, across the whole pool. */
  readonly arrival: number;
  /** Most that the transaction can cost its sender: gas limit × fee cap + value, in wei. */
  readonly cost: bigint;
}

const NOTHING: readonly never[] = [];

/** One sender's transactions: those that are executable by position, those behind a nonce gap by nonce. */
export class SenderQueue {
  /** The first has `nextNonce`, and there is no gap. */
  #pending: PoolEntry[] = [];
  readonly #queued = new Map<bigint, PoolEntry>();
  #cost = 0n;
  #nextNonce: bigint;

  /** @param stateNonce the sender's nonce in the newest state */
  constructor(stateNonce: bigint) {
    this.#nextNonce = stateNonce;
  }

  get size(): number {
    return this.#pending.length + this.#queued.size;
  }

  get pending(): number {
    return this.#pending.length;
  }

  get queued(): number {
    return this.#queued.size;
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
    return this.#nextNonce + BigInt(this.#pending.length);
  }

  /** The executable transaction at the position, counted from the next one. */
  pendingAt(position: number): PoolEntry | undefined {
    return this.#pending[position];
  }

  at(nonce: bigint): PoolEntry | undefined {
    const position = this.#position(nonce);
    return this.#holds(position) ? this.#pending[position] : this.#queued.get(nonce);
  }

  isPending(nonce: bigint): boolean {
    return this.#holds(this.#position(nonce));
  }

  /** Adds or replaces; returns what became executable by it, in nonce order. */
  put(entry: PoolEntry): readonly PoolEntry[] {
    const position = this.#position(entry.tx.nonce);
    if (position === this.#pending.length) {
      this.#cost += entry.cost;
      this.#pending.push(entry);
      return this.#queued.size > 0 ? [entry, ...this.#promote()] : [entry];
    }
    const replaced = this.at(entry.tx.nonce);
    this.#cost += entry.cost - (replaced?.cost ?? 0n);
    if (this.#holds(position)) {
      this.#pending[position] = entry;
      return [entry];
    }
    this.#queued.set(entry.tx.nonce, entry);
    return NOTHING;
  }

  /** Takes one out; what follows it waits behind the gap. */
  remove(nonce: bigint): PoolEntry | undefined {
    const entry = this.at(nonce);
    if (entry === undefined) return undefined;
    this.#cost -= entry.cost;
    if (!this.#queued.delete(nonce)) {
      const [, ...behind] = this.#pending.splice(this.#position(nonce));
      for (const later of behind) this.#queued.set(later.tx.nonce, later);
    }
    return entry;
  }

  /** Follows the state: returns what its new nonce made obsolete, and what became executable. */
  advance(stateNonce: bigint): {
    readonly obsolete: readonly PoolEntry[];
    readonly promoted: readonly PoolEntry[];
  } {
    const steps = this.#position(stateNonce);
    if (steps < 0) {
      for (const entry of this.#pending) this.#queued.set(entry.tx.nonce, entry);
      this.#pending = [];
    }
    const obsolete = steps > 0 ? this.#pending.splice(0, steps) : [];
    if (this.#queued.size > 0) {
      for (const [nonce, entry] of this.#queued) {
        if (nonce >= stateNonce) continue;
        this.#queued.delete(nonce);
        obsolete.push(entry);
      }
    }
    for (const { cost } of obsolete) this.#cost -= cost;
    this.#nextNonce = stateNonce;
    return { obsolete, promoted: this.#queued.size > 0 ? this.#promote() : NOTHING };
  }

  /** Executable ones first, each part in nonce order. */
  *entries(): IterableIterator<PoolEntry> {
    yield* this.#pending;
    const nonces = [...this.#queued.keys()].sort((a, b) => (a < b ? -1 : 1));
    for (const nonce of nonces) yield this.#queued.get(nonce)!;
  }

  /** Exact where it matters: a distance beyond 2^53 is further than any queue is long. */
  #position(nonce: bigint): number {
    return Number(nonce - this.#nextNonce);
  }

  #holds(position: number): boolean {
    return position >= 0 && position < this.#pending.length;
  }

  #promote(): PoolEntry[] {
    const promoted: PoolEntry[] = [];
    for (let nonce = this.pendingEnd; ; nonce++) {
      const entry = this.#queued.get(nonce);
      if (entry === undefined) return promoted;
      this.#queued.delete(nonce);
      this.#pending.push(entry);
      promoted.push(entry);
    }
  }
}
