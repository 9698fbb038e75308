import {
  allocateBytes,
  bigIntToMinimalBytes,
  bytesToBigInt,
  bytesToHex,
  decodeRlpList,
  type Hash,
} from '@flotilla/common';
import { StateError, StateErrorCode } from './errors.js';
import { writeHex } from './state-keys.js';

/** keccak-256 of no code at all. */
export const EMPTY_CODE_HASH: Hash =
  '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470';

/** The root of a trie without entries: keccak-256 of the RLP of the empty string. */
export const EMPTY_TRIE_ROOT: Hash =
  '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421';

/** A hash as an RLP item. */
const HASH_ITEM_BYTES = 33;

/** One account as of some block (Yellow Paper, section 4.1). Immutable. */
export interface Account {
  readonly nonce: bigint;
  /** In wei. */
  readonly balance: bigint;
  readonly storageRoot: Hash;
  readonly codeHash: Hash;
}

/** The leaf's value in the account trie. Doesn't live long. */
export function encodeAccount(account: Account): Uint8Array {
  return encode(account, 0, HASH_ITEM_BYTES, HASH_ITEM_BYTES, allocateBytes);
}

/**
 * The flat record: as in the trie, but empty strings stand for the root and hash of nothing.
 * @param room zeroed bytes left before it
 */
export function encodeSlimAccount(account: Account, room = 0): Uint8Array {
  return encode(
    account,
    room,
    account.storageRoot === EMPTY_TRIE_ROOT ? 1 : HASH_ITEM_BYTES,
    account.codeHash === EMPTY_CODE_HASH ? 1 : HASH_ITEM_BYTES,
    (length) => new Uint8Array(length),
  );
}

/** RLP by hand, into one array: every block encodes each account that it changes three times. */
function encode(
  account: Account,
  room: number,
  rootLength: number,
  codeHashLength: number,
  allocate: (length: number) => Uint8Array,
): Uint8Array {
  const nonce = bigIntToMinimalBytes(account.nonce);
  const balance = bigIntToMinimalBytes(account.balance);
  const body = numberLength(nonce) + numberLength(balance) + rootLength + codeHashLength;
  const head = body < 56 ? 1 : 2;
  const record = allocate(room + head + body);
  if (head === 1) record[room] = 0xc0 + body;
  else {
    record[room] = 0xf8;
    record[room + 1] = body;
  }
  let at = writeNumber(record, room + head, nonce);
  at = writeNumber(record, at, balance);
  at = writeHash(record, at, account.storageRoot, rootLength);
  writeHash(record, at, account.codeHash, codeHashLength);
  return record;
}

function numberLength(minimal: Uint8Array): number {
  return minimal.length === 1 && minimal[0] < 0x80 ? 1 : 1 + minimal.length;
}

function writeNumber(record: Uint8Array, at: number, minimal: Uint8Array): number {
  if (numberLength(minimal) > 1 || minimal.length === 0) record[at] = 0x80 + minimal.length;
  record.set(minimal, at + numberLength(minimal) - minimal.length);
  return at + numberLength(minimal);
}

function writeHash(record: Uint8Array, at: number, hash: Hash, length: number): number {
  record[at] = 0x80 + length - 1;
  if (length > 1) writeHex(record, at + 1, hash);
  return at + length;
}

/** Reads either encoding. @throws StateError `CORRUPT_STATE` */
export function decodeAccount(record: Uint8Array): Account {
  const [nonce, balance, storageRoot, codeHash] = decodeRlpList(record);
  if (
    !(nonce instanceof Uint8Array) ||
    !(balance instanceof Uint8Array) ||
    !(storageRoot instanceof Uint8Array) ||
    !(codeHash instanceof Uint8Array)
  ) {
    throw new StateError(StateErrorCode.CorruptState, 'an account record has the wrong shape');
  }
  return {
    nonce: bytesToBigInt(nonce),
    balance: bytesToBigInt(balance),
    storageRoot: storageRoot.length === 0 ? EMPTY_TRIE_ROOT : bytesToHex(storageRoot),
    codeHash: codeHash.length === 0 ? EMPTY_CODE_HASH : bytesToHex(codeHash),
  };
}
