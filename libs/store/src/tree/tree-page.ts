/** Where LMDB (data format 2, 64-bit, little-endian) keeps things in a page of a tree. */
export const PAGE_HEADER_BYTES = 24;
const TRANSACTION_AT = 8;
const FLAGS_AT = 18;
const LOWER_AT = 20;
const UPPER_AT = 22;
const NODE_HEADER_BYTES = 8;

export const PageFlag = { branch: 0x01, leaf: 0x02, overflow: 0x04 } as const;
export const NodeFlag = { overflow: 0x01, tree: 0x02 } as const;

export interface TreeNode {
  readonly key: Buffer;
  /** Of a leaf: `NodeFlag`s. */
  readonly flags: number;
  /** Of a branch. */
  readonly child: number;
  /** Of a leaf: bytes of the value, wherever it lies. */
  readonly size: number;
  /** Of a leaf: the value, or where its overflow pages are. */
  readonly data: Buffer;
}

export interface TreePage {
  readonly transaction: bigint;
  readonly isLeaf: boolean;
  readonly nodes: readonly TreeNode[];
}

export const pageNumberOf = (page: Buffer) => page.readBigUInt64LE(0);
export const transactionOf = (page: Buffer) => page.readBigUInt64LE(TRANSACTION_AT);
export const flagsOf = (page: Buffer) => page.readUInt16LE(FLAGS_AT);
/** Of the first of a value's overflow pages: how many there are. */
export const overflowCountOf = (page: Buffer) => page.readUInt32LE(LOWER_AT);

/** Reads a branch or leaf page whole. A string says what is wrong with it. */
export function readTreePage(page: Buffer, number: number): TreePage | string {
  if (pageNumberOf(page) !== BigInt(number)) return 'has another page number';
  const flags = flagsOf(page);
  if (flags !== PageFlag.branch && flags !== PageFlag.leaf) return 'is no page of a tree';
  const isLeaf = flags === PageFlag.leaf;
  // Both count from the end of the header.
  const lower = page.readUInt16LE(LOWER_AT);
  const upper = page.readUInt16LE(UPPER_AT);
  const room = page.length - PAGE_HEADER_BYTES;
  if (lower % 2 !== 0 || lower > upper || upper > room) return 'has impossible bounds';
  const nodes: TreeNode[] = [];
  let used = 0;
  for (let at = 0; at < lower; at += 2) {
    const offset = page.readUInt16LE(PAGE_HEADER_BYTES + at);
    const node = offset < upper ? undefined : readNode(page, PAGE_HEADER_BYTES + offset, isLeaf);
    if (node === undefined) return `has a node ${at / 2} that lies outside of it`;
    nodes.push(node);
    used += evenLength(node, isLeaf);
  }
  if (used !== room - upper) return 'has nodes of impossible lengths';
  return { transaction: transactionOf(page), isLeaf, nodes };
}

function readNode(page: Buffer, at: number, isLeaf: boolean): TreeNode | undefined {
  const keyAt = at + NODE_HEADER_BYTES;
  if (at % 2 !== 0 || keyAt > page.length) return undefined;
  const low = page.readUInt32LE(at);
  const flags = page.readUInt16LE(at + 4);
  const dataAt = keyAt + page.readUInt16LE(at + 6);
  const size = isLeaf ? low : 0;
  const end = dataAt + (isLeaf && (flags & NodeFlag.overflow) !== 0 ? OVERFLOW_BYTES : size);
  if (end > page.length) return undefined;
  const key = page.subarray(keyAt, dataAt);
  return { key, flags, child: low + flags * 2 ** 32, size, data: page.subarray(dataAt, end) };
}

/** Where a value's overflow pages are: first page, transaction, number of pages. */
const OVERFLOW_BYTES = 24;

function evenLength(node: TreeNode, isLeaf: boolean): number {
  const length = NODE_HEADER_BYTES + node.key.length + (isLeaf ? node.data.length : 0);
  return length + (length % 2);
}
