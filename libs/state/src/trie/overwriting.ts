import { allocateBytes, bytesToHex } from '@flotilla/common';
import { StateError, StateErrorCode } from '../errors.js';
import { endOfNibble, type Span } from './change.js';
import { HASH_PREFIX, hashBranchStart } from './decode-node.js';
import { encodeBranch, encodeLeaf, type Reference } from './encode-node.js';
import { refer } from './hash-tree.js';
import { HASH_LENGTH } from './node.js';
import { DIGITS, type NodePath } from './node-path.js';
import {
  encodedNode,
  hasLeaf,
  leavesOf,
  STORED_NODE_HEADER_BYTES,
  writeLeaves,
} from './stored-node.js';

/** What an overwriting asks of the update that it is part of. */
export interface OverwritingHost {
  /** @throws StateError `CORRUPT_STATE` when there is none */
  load(path: NodePath): Uint8Array;
  /** Takes the new record of a node; a short one lives inside its parent from now on. */
  replace(path: NodePath, before: Uint8Array, after: Uint8Array): void;
  /** The way of all other nodes. */
  update(record: Uint8Array, path: NodePath, span: Span): Reference;
}

export function isHashBranch(record: Uint8Array): boolean {
  return hashBranchStart(record, STORED_NODE_HEADER_BYTES) > 0;
}

/** Whether all changes set keys that the trie has: then it keeps its shape. */
export function isOverwriting({ changes, from, to }: Span): boolean {
  for (let i = from; i < to; i++) {
    const { existed, value } = changes[i];
    if (existed !== true || value === undefined) return false;
  }
  return true;
}

/**
 * The short way for most of what a block changes: below here only values differ, so a branch of hashes is copied and
 * the new hashes are written over the old ones. Makes no objects but the records.
 */
export class Overwriting {
  readonly #host: OverwritingHost;

  constructor(host: OverwritingHost) {
    this.#host = host;
  }

  /**
   * What the parent holds afterwards of a stored node.
   * @param before its record
   * @throws StateError `CORRUPT_STATE`
   */
  overwrite(before: Uint8Array, path: NodePath, span: Span): Reference {
    const { changes, from, to, depth } = span;
    let itemAt = hashBranchStart(before, STORED_NODE_HEADER_BYTES);
    if (itemAt === 0) return this.#host.update(before, path, span);
    const after = allocateBytes(before.length);
    after.set(before);
    let embedded: Map<number, Reference> | undefined;
    let nibble = 0;
    for (let at = from; at < to; ) {
      const end = endOfNibble(span, at);
      for (; nibble < changes[at].key[depth]; nibble++) {
        itemAt += before[itemAt] === HASH_PREFIX ? 1 + HASH_LENGTH : 1;
      }
      const isLeaf = hasLeaf(before, nibble);
      if (before[itemAt] !== HASH_PREFIX || (isLeaf && end - at > 1)) throw lacking(span, at);
      const child = isLeaf
        ? overwriteLeaf(span, at)
        : this.#overwriteChild(path, { changes, from: at, to: end, depth: depth + 1 });
      if (child?.length === HASH_LENGTH) after.set(child, itemAt + 1);
      else {
        embedded ??= new Map();
        embedded.set(nibble, child);
      }
      at = end;
    }
    const record = embedded === undefined ? after : embed(after, embedded);
    this.#host.replace(path, before, record);
    return refer(encodedNode(record));
  }

  #overwriteChild(parent: NodePath, span: Span): Reference {
    const path = parent + DIGITS[span.changes[span.from].key[span.depth - 1]];
    return this.overwrite(this.#host.load(path), path, span);
  }
}

function overwriteLeaf({ changes, depth }: Span, at: number): Reference {
  const { key, value } = changes[at];
  return refer(encodeLeaf(key.subarray(depth + 1), value!));
}

/** The branch with some of its hashes replaced by children that live inside it. */
function embed(branch: Uint8Array, embedded: ReadonlyMap<number, Reference>): Uint8Array {
  const children: (Reference | number)[] = [];
  let at = hashBranchStart(branch, STORED_NODE_HEADER_BYTES);
  for (let nibble = 0; nibble < 16; nibble++) {
    const isHash = branch[at] === HASH_PREFIX;
    children.push(embedded.get(nibble) ?? (isHash ? at + 1 : undefined));
    at += isHash ? 1 + HASH_LENGTH : 1;
  }
  const record = encodeBranch(children, branch, undefined, STORED_NODE_HEADER_BYTES);
  writeLeaves(record, leavesOf(branch));
  return record;
}

function lacking({ changes }: Span, at: number): StateError {
  const why = `the trie lacks the record ${bytesToHex(changes[at].key)}`;
  return new StateError(StateErrorCode.CorruptState, why);
}
