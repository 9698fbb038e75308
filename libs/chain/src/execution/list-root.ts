import {
  bytesToHex,
  type Hash,
  keccak256,
  rlpHeaderLength,
  writeRlpHeader,
} from '@flotilla/common';
import { EMPTY_ROOT } from '../block/header.js';

const CHILDREN = 16;
/** Of a reference to a node: a hash with its header. */
const MAX_REFERENCE_BYTES = 33;
const HASH_HEADER = 0xa0;
const EMPTY_STRING = 0x80;
/** Of RLP(index), twice: a prefix and up to 4 bytes. */
const MAX_NIBBLES = 10;
/** Hex-prefix flags (Yellow Paper, appendix C). */
const LEAF = 0x20;
const ODD = 0x10;

/** A branch node whose last child isn't known yet. */
class OpenBranch {
  /** Nibbles before it. */
  depth = 0;
  readonly references = new Uint8Array(CHILDREN * MAX_REFERENCE_BYTES);
  readonly lengths = new Uint8Array(CHILDREN);

  open(depth: number): this {
    this.depth = depth;
    this.lengths.fill(0);
    return this;
  }

  setChild(nibble: number, node: Uint8Array): void {
    this.lengths[nibble] = writeReference(node, this.references, nibble * MAX_REFERENCE_BYTES);
  }
}

/**
 * The root of the trie that maps RLP(index) to each item, for transactions and receipts, computed while they come in:
 * only the branches on the way to the newest item are held. Keys arrive in order but for the first, whose key 0x80
 * lies behind that of item 127.
 */
export class ListRoot {
  readonly #branches: OpenBranch[] = [];
  #open = 0;
  #count = 0;
  #first: Uint8Array | undefined;
  /** The newest leaf: its place is known when the next key is. */
  #key = new Uint8Array(MAX_NIBBLES);
  #nextKey = new Uint8Array(MAX_NIBBLES);
  #keyLength = 0;
  #value = new Uint8Array(512);
  #valueLength = 0;
  #node = new Uint8Array(1024);

  /** The item may be overwritten afterwards. */
  add(item: Uint8Array): void {
    const index = this.#count++;
    if (index === 0) {
      this.#first = item.slice();
      return;
    }
    if (index === 128) this.#insert(0, this.#first!);
    this.#insert(index, item);
  }

  /** Once, after the last item. */
  finish(): Hash {
    if (this.#first === undefined) return EMPTY_ROOT;
    if (this.#count <= 128) this.#insert(0, this.#first);
    if (this.#open === 0) return bytesToHex(keccak256(this.#leaf(0)));
    this.#placeLeaf(-1);
    for (;;) {
      const { depth } = this.#branches[this.#open - 1];
      const node = this.#closeBranch();
      if (this.#open === 0) return bytesToHex(keccak256(this.#extended(node, 0, depth)));
      this.#attach(node, depth, this.#branches[this.#open - 1]);
    }
  }

  #insert(index: number, item: Uint8Array): void {
    const length = writeKey(index, this.#nextKey);
    if (this.#keyLength > 0) {
      let common = 0;
      while (this.#key[common] === this.#nextKey[common]) common++;
      this.#placeLeaf(common);
      this.#closeBelow(common);
    }
    [this.#key, this.#nextKey] = [this.#nextKey, this.#key];
    this.#keyLength = length;
    if (item.length > this.#value.length) this.#value = new Uint8Array(2 * item.length);
    this.#value.set(item);
    this.#valueLength = item.length;
  }

  /** Under the deepest branch, or a new one where the next key turns off. */
  #placeLeaf(turnOff: number): void {
    const branch = this.#branchAt(turnOff);
    branch.setChild(this.#key[branch.depth], this.#leaf(branch.depth + 1));
  }

  /** The deepest open branch, or one that is opened when that depth lies below it. */
  #branchAt(depth: number): OpenBranch {
    const deepest = this.#branches[this.#open - 1];
    if (this.#open > 0 && deepest.depth >= depth) return deepest;
    this.#branches[this.#open] ??= new OpenBranch();
    return this.#branches[this.#open++].open(depth);
  }

  /** Closes the branches that the next key doesn't come through. */
  #closeBelow(turnOff: number): void {
    while (this.#branches[this.#open - 1].depth > turnOff) {
      const { depth } = this.#branches[this.#open - 1];
      const node = this.#closeBranch();
      this.#attach(node, depth, this.#branchAt(turnOff));
    }
  }

  /** Makes a branch of that depth the child of another, with an extension where they are more than a nibble apart. */
  #attach(node: Uint8Array, depth: number, parent: OpenBranch): void {
    parent.setChild(this.#key[parent.depth], this.#extended(node, parent.depth + 1, depth));
  }

  /** The encoding of the deepest branch, in memory that the next node uses again. */
  #closeBranch(): Uint8Array {
    const { references, lengths } = this.#branches[--this.#open];
    let payload = 1;
    for (let i = 0; i < CHILDREN; i++) payload += lengths[i] || 1;
    const node = this.#room(payload);
    let at = writeRlpHeader(node, 0, 0xc0, payload);
    for (let i = 0; i < CHILDREN; i++) {
      if (lengths[i] === 0) node[at++] = EMPTY_STRING;
      const start = i * MAX_REFERENCE_BYTES;
      for (let j = start; j < start + lengths[i]; j++) node[at++] = references[j];
    }
    node[at++] = EMPTY_STRING;
    return node.subarray(0, at);
  }

  #extended(child: Uint8Array, from: number, to: number): Uint8Array {
    if (from === to) return child;
    const target = new Uint8Array(MAX_REFERENCE_BYTES);
    const targetLength = writeReference(child, target, 0);
    const pathBytes = 1 + ((to - from) >> 1);
    const payload = pathBytes + (pathBytes > 1 ? 1 : 0) + targetLength;
    const node = this.#room(payload);
    let at = writeRlpHeader(node, 0, 0xc0, payload);
    at = this.#writePath(node, at, 0, from, to);
    node.set(target.subarray(0, targetLength), at);
    return node.subarray(0, at + targetLength);
  }

  /** The newest leaf, its path from the given nibble on. */
  #leaf(from: number): Uint8Array {
    const value = this.#value.subarray(0, this.#valueLength);
    const pathBytes = 1 + ((this.#keyLength - from) >> 1);
    const isPlain = value.length === 1 && value[0] < 0x80;
    const headerLength = isPlain ? 0 : rlpHeaderLength(value.length);
    const payload = pathBytes + (pathBytes > 1 ? 1 : 0) + headerLength + value.length;
    const node = this.#room(payload);
    let at = writeRlpHeader(node, 0, 0xc0, payload);
    at = this.#writePath(node, at, LEAF, from, this.#keyLength);
    if (!isPlain) at = writeRlpHeader(node, at, 0x80, value.length);
    node.set(value, at);
    return node.subarray(0, at + value.length);
  }

  /** Hex-prefix encoding of a part of the newest key, as an RLP string. */
  #writePath(node: Uint8Array, start: number, flag: number, from: number, to: number): number {
    const isOdd = (to - from) % 2 === 1;
    const bytes = 1 + ((to - from) >> 1);
    let at = bytes > 1 ? writeRlpHeader(node, start, 0x80, bytes) : start;
    node[at++] = isOdd ? flag | ODD | this.#key[from] : flag;
    for (let i = from + (isOdd ? 1 : 0); i < to; i += 2) {
      node[at++] = (this.#key[i] << 4) | this.#key[i + 1];
    }
    return at;
  }

  #room(payload: number): Uint8Array {
    if (payload + 9 > this.#node.length) this.#node = new Uint8Array(2 * payload + 9);
    return this.#node;
  }
}

/** What a parent holds of a node: itself when it is short, else its hash. Returns the bytes written. */
function writeReference(node: Uint8Array, target: Uint8Array, at: number): number {
  if (node.length < 32) {
    target.set(node, at);
    return node.length;
  }
  target[at] = HASH_HEADER;
  target.set(keccak256(node), at + 1);
  return MAX_REFERENCE_BYTES;
}

/** RLP(index) in nibbles; returns how many. */
function writeKey(index: number, target: Uint8Array): number {
  let bytes = 0;
  const put = (byte: number) => {
    target[2 * bytes] = byte >> 4;
    target[2 * bytes + 1] = byte & 15;
    bytes++;
  };
  if (index > 0 && index < 0x80) {
    put(index);
    return 2;
  }
  let digits = 0;
  for (let rest = index; rest > 0; rest >>>= 8) digits++;
  put(0x80 + digits);
  for (let shift = 8 * (digits - 1); shift >= 0; shift -= 8) put((index >>> shift) & 0xff);
  return 2 * bytes;
}
