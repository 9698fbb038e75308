import type { Nibbles } from './nibbles.js';

/** The hash of a node that is kept elsewhere: 32 bytes. */
export type HashReference = Uint8Array;

/** What a branch or an extension points to. */
export type Child = TrieNode | HashReference;

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
    readonly children: readonly (Child | undefined)[],
    /** Of the key that ends here; never in a trie whose keys have one length. */
    readonly value: Uint8Array | undefined,
    readonly encoded?: Uint8Array,
  ) {}
}
