import type { PageFile } from './page-file.js';
import type { PageMap } from './page-map.js';
import {
  flagsOf,
  NodeFlag,
  overflowCountOf,
  PAGE_HEADER_BYTES,
  PageFlag,
  pageNumberOf,
  readTreePage,
  type TreeNode,
  type TreePage,
  transactionOf,
} from './tree-page.js';
import { INTEGER_KEY, type TreeRecord } from './tree-record.js';

export interface TreeVisitor {
  /** A leaf's entry; for a tree of trees `isTree` says that the value describes one. */
  entry?(key: Buffer, value: Buffer, isTree: boolean): void;
  problem(page: number, why: string): void;
}

export interface WalkOptions {
  /** False looks at the branch pages only: a hundredth of a large tree. */
  readonly leaves: boolean;
}

const byBytes = (a: Buffer, b: Buffer) => Buffer.compare(a, b);
const byNumber = (a: Buffer, b: Buffer) => Number(a.readBigUInt64LE(0) - b.readBigUInt64LE(0));

/** A page to look at, and what its parent says about it. */
interface Expected {
  readonly page: number;
  /** 1 for leaves. */
  readonly height: number;
  /** A page is never newer than the one that leads to it. */
  readonly newest: bigint;
  /** Keys are at or above; undefined: no bound. */
  readonly from: Buffer | undefined;
  /** Keys are below. */
  readonly to: Buffer | undefined;
}

/**
 * Walks one tree of an LMDB file without LMDB, which follows whatever a damaged page says: every page must be where its
 * parent says, of the right kind and age, taken once, with its keys in order and within the parent's bounds; and the
 * figures of the tree's record must be met. So whatever a key leads to is what was put there.
 */
export class TreeWalk {
  readonly #compare: (a: Buffer, b: Buffer) => number;
  #branches = 0;
  #leaves = 0;
  #overflows = 0;
  #entries = 0;

  constructor(
    private readonly file: PageFile,
    private readonly taken: PageMap,
    private readonly record: TreeRecord,
    private readonly visitor: TreeVisitor,
    private readonly options: WalkOptions,
  ) {
    this.#compare = (record.flags & INTEGER_KEY) === 0 ? byBytes : byNumber;
  }

  run(newest: bigint): void {
    const { root, depth } = this.record;
    if (root !== undefined) {
      this.#visit({ page: root, height: depth, newest, from: undefined, to: undefined });
    }
    const { branchPages, leafPages, overflowPages, entries } = this.record;
    const isComplete =
      this.#branches === branchPages &&
      this.#leaves === leafPages &&
      (!this.options.leaves || (this.#overflows === overflowPages && this.#entries === entries));
    if (!isComplete) this.visitor.problem(root ?? 0, 'leads to fewer or more pages than it should');
  }

  #visit(expected: Expected): void {
    const { page: number, height } = expected;
    if (!this.taken.take(number)) {
      this.visitor.problem(number, 'is outside of the file, or used twice');
      return;
    }
    if (height === 1) this.#leaves++;
    else this.#branches++;
    if (height === 1 && !this.options.leaves) return;
    const page = readTreePage(this.file.read(number), number);
    const problem = typeof page === 'string' ? page : this.#problemOf(page, expected);
    if (problem !== undefined) this.visitor.problem(number, problem);
    else if ((page as TreePage).isLeaf) this.#leaf(page as TreePage, expected);
    else this.#branch(page as TreePage, expected);
  }

  #problemOf(page: TreePage, { height, newest, from, to }: Expected): string | undefined {
    if (page.isLeaf !== (height === 1) || height < 1) return 'is at the wrong height of its tree';
    if (page.transaction > newest) return 'is newer than what leads to it';
    const { nodes } = page;
    if (nodes.length === 0) return 'is empty';
    // A branch's first key stands for everything below the second, and is not looked at.
    const first = page.isLeaf ? 0 : 1;
    for (let i = first; i < nodes.length; i++) {
      const { key } = nodes[i];
      if (this.#compare === byNumber && key.length !== 8) return 'has a key that is no number';
      const isAfter = i === first || this.#compare(nodes[i - 1].key, key) < 0;
      const isWithin =
        (from === undefined || this.#compare(from, key) <= 0) &&
        (to === undefined || this.#compare(key, to) < 0);
      if (!isAfter || !isWithin) return `has its keys out of order at ${i}`;
    }
    return undefined;
  }

  #branch({ nodes, transaction }: TreePage, expected: Expected): void {
    for (let i = 0; i < nodes.length; i++) {
      this.#visit({
        page: nodes[i].child,
        height: expected.height - 1,
        newest: transaction,
        from: i === 0 ? expected.from : nodes[i].key,
        to: i + 1 < nodes.length ? nodes[i + 1].key : expected.to,
      });
    }
  }

  #leaf({ nodes, transaction }: TreePage, { page }: Expected): void {
    for (const node of nodes) {
      this.#entries++;
      if ((node.flags & ~(NodeFlag.overflow | NodeFlag.tree)) !== 0) {
        this.visitor.problem(page, 'has a node of an unknown kind');
        continue;
      }
      const isOverflow = (node.flags & NodeFlag.overflow) !== 0;
      const value = isOverflow ? this.#overflow(node, transaction) : node.data;
      if (value === undefined) this.visitor.problem(page, 'leads to the wrong overflow pages');
      else this.visitor.entry?.(node.key, value, (node.flags & NodeFlag.tree) !== 0);
    }
  }

  #overflow(node: TreeNode, newest: bigint): Buffer | undefined {
    const first = Number(node.data.readBigUInt64LE(0));
    const transaction = node.data.readBigUInt64LE(8);
    const count = Math.floor((PAGE_HEADER_BYTES - 1 + node.size) / this.file.pageSize) + 1;
    if (Number(node.data.readBigUInt64LE(16)) !== count || transaction > newest) return undefined;
    for (let i = 0; i < count; i++) if (!this.taken.take(first + i)) return undefined;
    this.#overflows += count;
    const pages = this.file.read(first, count);
    const isRight =
      pageNumberOf(pages) === BigInt(first) &&
      flagsOf(pages) === PageFlag.overflow &&
      transactionOf(pages) === transaction &&
      overflowCountOf(pages) === count;
    return isRight ? pages.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + node.size) : undefined;
  }
}
