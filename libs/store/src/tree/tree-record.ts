/** Where LMDB keeps things in the description of a tree: in a meta page, or in the main tree under the tree's name. */
export const TREE_RECORD_BYTES = 48;
const FLAGS_AT = 4;
const DEPTH_AT = 6;
const BRANCH_PAGES_AT = 8;
const LEAF_PAGES_AT = 16;
const OVERFLOW_PAGES_AT = 24;
const ENTRIES_AT = 32;
const ROOT_AT = 40;
const NO_PAGE = 2n ** 64n - 1n;

/** Keys are unsigned 64-bit numbers of the machine's byte order. */
export const INTEGER_KEY = 0x08;

export interface TreeRecord {
  readonly flags: number;
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  /** Undefined: empty. */
  readonly root: number | undefined;
}

export function readTreeRecord(bytes: Buffer): TreeRecord {
  const root = bytes.readBigUInt64LE(ROOT_AT);
  return {
    flags: bytes.readUInt16LE(FLAGS_AT),
    depth: bytes.readUInt16LE(DEPTH_AT),
    branchPages: Number(bytes.readBigUInt64LE(BRANCH_PAGES_AT)),
    leafPages: Number(bytes.readBigUInt64LE(LEAF_PAGES_AT)),
    overflowPages: Number(bytes.readBigUInt64LE(OVERFLOW_PAGES_AT)),
    entries: Number(bytes.readBigUInt64LE(ENTRIES_AT)),
    root: root === NO_PAGE ? undefined : Number(root),
  };
}
