/** The tables whose past is kept. */
export const VERSIONED_TABLES = ['accounts', 'slots', 'trie'] as const;

export type VersionedTable = (typeof VERSIONED_TABLES)[number];

/** One record before and after a block; undefined where it does not exist. */
export interface RecordChange {
  readonly table: VersionedTable;
  readonly key: Uint8Array;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}
