/**
 * Transactions that were promised to their senders but aren't in a durable block yet, as records of any number of
 * them (`TransactionBatch`); the journal doesn't look into them. A transaction's hash is returned only after the
 * `append` of its record resolved.
 */
export interface TransactionJournal {
  /** Resolves once the record is durable (the fsync returned). Calls made meanwhile share one fsync. */
  append(record: Uint8Array): Promise<void>;
  /** Everything appended and not pruned, oldest first. Called once, before the first `append`. */
  replay(): Iterable<Uint8Array>;
  /**
   * Rewrites the journal so that it holds these, read when it begins, and whatever is appended from then on. Where that
   * isn't worth it, nothing is done, unless it must be done `always`.
   */
  prune(stillPending: Iterable<Uint8Array>, options?: { readonly always: boolean }): Promise<void>;
}
