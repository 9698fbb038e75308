import {
  bigIntToMinimalBytes,
  bytesToBigInt,
  bytesToHex,
  decodeRlpList,
  encodeRlp,
  type Hash,
  hexToBytes,
} from '@flotilla/common';
import { StateError, StateErrorCode } from './errors.js';

/** keccak-256 of no code at all. */
export const EMPTY_CODE_HASH: Hash =
  '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470';

/** The root of a trie without entries: keccak-256 of the RLP of the empty string. */
export const EMPTY_TRIE_ROOT: Hash =
  '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421';

const EMPTY_CODE_HASH_BYTES = hexToBytes(EMPTY_CODE_HASH);
const EMPTY_TRIE_ROOT_BYTES = hexToBytes(EMPTY_TRIE_ROOT);
const EMPTY = new Uint8Array(0);

/** One account as of some block (Yellow Paper, section 4.1). Immutable. */
export interface Account {
  readonly nonce: bigint;
  /** In wei. */
  readonly balance: bigint;
  readonly storageRoot: Hash;
  readonly codeHash: Hash;
}

/** The leaf's value in the account trie. */
export function encodeAccount(account: Account): Uint8Array {
  return encodeRlp([
    bigIntToMinimalBytes(account.nonce),
    bigIntToMinimalBytes(account.balance),
    account.storageRoot === EMPTY_TRIE_ROOT
      ? EMPTY_TRIE_ROOT_BYTES
      : hexToBytes(account.storageRoot),
    account.codeHash === EMPTY_CODE_HASH ? EMPTY_CODE_HASH_BYTES : hexToBytes(account.codeHash),
  ]);
}

/** The flat record: as in the trie, but empty strings stand for the root and hash of nothing. */
export function encodeSlimAccount(account: Account): Uint8Array {
  return encodeRlp([
    bigIntToMinimalBytes(account.nonce),
    bigIntToMinimalBytes(account.balance),
    account.storageRoot === EMPTY_TRIE_ROOT ? EMPTY : hexToBytes(account.storageRoot),
    account.codeHash === EMPTY_CODE_HASH ? EMPTY : hexToBytes(account.codeHash),
  ]);
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
