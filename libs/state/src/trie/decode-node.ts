import { decodeRlpList, encodeRlp, type RlpItem } from '@flotilla/common';
import { StateError, StateErrorCode } from '../errors.js';
import { readHexPrefix } from './nibbles.js';
import {
  Branch,
  type BranchChild,
  type Child,
  Extension,
  HASH_LENGTH,
  Leaf,
  type TrieNode,
} from './node.js';

const EMPTY_STRING = 0x80;
/** What comes before a hash in RLP. */
export const HASH_PREFIX = EMPTY_STRING + HASH_LENGTH;

function malformed(why: string): StateError {
  return new StateError(StateErrorCode.CorruptState, `malformed trie node: ${why}`);
}

/** Where the items of a list of over 55 and under 65,536 bytes start, if all from `from` on is one; else 0. */
function longListStart(bytes: Uint8Array, from: number): number {
  const length = bytes.length - from;
  const lowLength = bytes[from + 1];
  if (bytes[from] === 0xf9 && length > 258 && length === 3 + lowLength * 256 + bytes[from + 2]) {
    return from + 3;
  }
  if (bytes[from] === 0xf8 && length > 57 && length === 2 + lowLength) return from + 2;
  return 0;
}

/** Where the children start if the node from `from` on is a branch with nothing in it but hashes and gaps; else 0. */
export function hashBranchStart(bytes: Uint8Array, from: number): number {
  const start = longListStart(bytes, from);
  if (start === 0) return 0;
  let at = start;
  for (let i = 0; i < 16; i++) {
    if (bytes[at] === HASH_PREFIX) at += 1 + HASH_LENGTH;
    else if (bytes[at] === EMPTY_STRING) at++;
    else return 0;
  }
  return bytes[at] === EMPTY_STRING && at + 1 === bytes.length ? start : 0;
}

/** The short way for the usual branch. Undefined when there is more to it. */
function decodeHashBranch(encoded: Uint8Array, leaves: number): Branch | undefined {
  let at = hashBranchStart(encoded, 0);
  if (at === 0) return undefined;
  const children: (BranchChild | undefined)[] = [];
  for (let i = 0; i < 16; i++) {
    const isHash = encoded[at] === HASH_PREFIX;
    children.push(isHash ? at + 1 : undefined);
    at += isHash ? 1 + HASH_LENGTH : 1;
  }
  return new Branch(children, undefined, encoded, leaves, encoded);
}

function decodeChild(item: RlpItem): Child | undefined {
  if (!(item instanceof Uint8Array)) {
    const encoded = encodeRlp(item);
    if (encoded.length >= HASH_LENGTH) throw malformed('an embedded node that is too long');
    return decodeItems(item, encoded, 0);
  }
  if (item.length === 0) return undefined;
  if (item.length !== HASH_LENGTH) throw malformed('a reference that is not a hash');
  return item;
}

function decodeItems(items: readonly RlpItem[], encoded: Uint8Array, leaves: number): TrieNode {
  if (items.length === 17) {
    const value = items[16];
    if (!(value instanceof Uint8Array)) throw malformed('a branch whose value is a list');
    const children = items.slice(0, 16).map(decodeChild);
    return new Branch(children, value.length === 0 ? undefined : value, encoded, leaves, encoded);
  }
  if (items.length !== 2) throw malformed(`${items.length} items`);
  const [first, second] = items;
  const key = first instanceof Uint8Array ? readHexPrefix(first) : undefined;
  if (key === undefined) throw malformed('a path that is not hex-prefix encoded');
  if (key.isLeaf) {
    if (!(second instanceof Uint8Array)) throw malformed('a leaf whose value is a list');
    return new Leaf(key.path, second, encoded);
  }
  const child = decodeChild(second);
  if (child === undefined || key.path.length === 0) throw malformed('an extension to nothing');
  return new Extension(key.path, child, encoded);
}

/**
 * Strict RLP, canonical paths. The node's parts are views into `encoded`, which must not be changed afterwards.
 * @param leaves which of a branch's children are leaves, where that is known
 * @throws StateError `CORRUPT_STATE`; CommonError `INVALID_RLP`
 */
export function decodeNode(encoded: Uint8Array, leaves = 0): TrieNode {
  return decodeHashBranch(encoded, leaves) ?? decodeItems(decodeRlpList(encoded), encoded, leaves);
}
