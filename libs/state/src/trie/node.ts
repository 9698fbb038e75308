import type { Nibbles } from './nibbles.js';

/** The hash of a node that is kept elsewhere: 32 bytes. */
export type HashReference = Uint8Array;

export const HASH_LENGTH = 32;

/** What a branch or an extension points to. */
export type Child = TrieNode | HashReference;

/** A branch's child; a number tells where in the branch's `hashes` its hash starts. */
export type BranchChild = Child | number;

/**
 * The nodes of a Merkle Patricia trie (Yellow Paper, appendix D). Never changed once made; a changed trie has new
 * ones. `encoded` is set on nodes that were read, and is how an unchanged node is told from a new one.
 */
export type TrieNode = Leaf | Extension | Branch;

export class Leaf {
  constructor(
    readonly path: Nibbles,
    readonly value: Uint8Array,
    readonly encoded?: Uint8Array,
  ) {}
}

export class Extension {
  constructor(
    readonly path: Nibbles,
    readonly child: Child,
    readonly encoded?: Uint8Array,
  ) {}
}

export class Branch {
  constructor(
    /** Sixteen. */
    readonly children: readonly (BranchChild | undefined)[],
    /** Of the key that ends here; never in a trie whose keys have one length. */
    readonly value: Uint8Array | undefined,
    /** The bytes that numbers among the children point into: a view for each hash would cost more than the rest. */
    readonly hashes: Uint8Array,
    /** A bit for each nibble whose child is a leaf; what is set for no child or an embedded one means nothing. */
    readonly leaves: number,
    readonly encoded?: Uint8Array,
  ) {}

  hasLeaf(nibble: number): boolean {
    return ((this.leaves >> nibble) & 1) === 1;
  }

  child(nibble: number): Child | undefined {
    const child = this.children[nibble];
    if (typeof child !== 'number') return child;
    return this.hashes.subarray(child, child + HASH_LENGTH);
  }
}
