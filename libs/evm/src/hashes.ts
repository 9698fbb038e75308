import { EMPTY_BYTES, type Hash, keccak256Hex } from '@flotilla/common';

/** keccak-256 of nothing: the code hash of accounts without code. */
export const EMPTY_CODE_HASH: Hash = keccak256Hex(EMPTY_BYTES);
