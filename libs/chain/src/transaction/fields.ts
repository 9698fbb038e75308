import {
  type Address,
  bigIntToMinimalBytes,
  bytesToBigInt,
  bytesToHex,
  type Hash,
  type RlpItem,
} from '@flotilla/common';
import { ChainError, ChainErrorCode } from '../errors.js';

/** Strict readers of one RLP item each, with geth's wording: a field has exactly one encoding. */

export function malformed(why: string): ChainError {
  return new ChainError(ChainErrorCode.InvalidTransaction, `rlp: ${why}`);
}

export function readBytes(item: RlpItem | undefined): Uint8Array {
  if (!(item instanceof Uint8Array)) throw malformed('expected input string or byte');
  return item;
}

export function readList(item: RlpItem | undefined): readonly RlpItem[] {
  if (item === undefined || item instanceof Uint8Array) throw malformed('expected input list');
  return item;
}

/** An unsigned integer without leading zeros, of at most `maxBytes` bytes. */
export function readUint(item: RlpItem | undefined, maxBytes: number): bigint {
  const bytes = readBytes(item);
  if (bytes.length > maxBytes) throw malformed('input string too long for uint');
  if (bytes.length > 0 && bytes[0] === 0) {
    throw malformed('non-canonical integer (leading zero bytes)');
  }
  return bytesToBigInt(bytes);
}

export const readUint64 = (item: RlpItem | undefined): bigint => readUint(item, 8);
export const readUint256 = (item: RlpItem | undefined): bigint => readUint(item, 32);

export function readAddress(item: RlpItem | undefined): Address {
  const bytes = readBytes(item);
  if (bytes.length !== 20) throw malformed('wrong length for common.Address');
  return bytesToHex(bytes);
}

/** Empty means contract creation. */
export function readRecipient(item: RlpItem | undefined): Address | undefined {
  return readBytes(item).length === 0 ? undefined : readAddress(item);
}

export function readHash(item: RlpItem | undefined): Hash {
  const bytes = readBytes(item);
  if (bytes.length !== 32) throw malformed('wrong length for common.Hash');
  return bytesToHex(bytes);
}

export const uint = bigIntToMinimalBytes;
