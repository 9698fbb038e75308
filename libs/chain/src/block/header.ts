import {
  type Address,
  bigIntToBytes,
  bytesToBigInt,
  bytesToHex,
  CommonError,
  concatBytes,
  decodeRlpList,
  encodeRlp,
  type Hash,
  hexToBytes,
  keccak256Hex,
  RLP_EMPTY_LIST,
  type RlpItem,
  ZERO_HASH,
} from '@flotilla/common';
import { ChainError, ChainErrorCode } from '../errors.js';
import {
  readAddress,
  readBytes,
  readHash,
  readUint,
  readUint64,
  readUint256,
  uint,
} from '../transaction/fields.js';
import type { Header, HeaderFields } from './types.js';

/** keccak-256 of an empty RLP list: post-merge blocks have no ommers. */
export const EMPTY_OMMERS_HASH: Hash = keccak256Hex(RLP_EMPTY_LIST);
/** Root of a trie without entries. */
export const EMPTY_ROOT: Hash =
  '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421';
/** SHA-256 of nothing: the hash of an empty list of requests (EIP-7685). */
export const EMPTY_REQUESTS_HASH: Hash =
  '0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const EXTRA_DATA_PREFIX = new TextEncoder().encode('flotilla');

/** `flotilla` in ASCII, then the epoch of the right to produce as 8 bytes. */
export function encodeExtraData(epoch: number): `0x${string}` {
  return bytesToHex(concatBytes(EXTRA_DATA_PREFIX, bigIntToBytes(BigInt(epoch), 8)));
}

/** Undefined when the extra data isn't ours. */
export function decodeEpoch(extraData: `0x${string}`): number | undefined {
  const bytes = hexToBytes(extraData);
  if (bytes.length !== 16) return undefined;
  if (!EXTRA_DATA_PREFIX.every((byte, i) => bytes[i] === byte)) return undefined;
  const epoch = bytesToBigInt(bytes.subarray(8));
  return epoch <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(epoch) : undefined;
}

/** keccak-256(parent hash ‖ number as 32 bytes): what PREVRANDAO returns. Predictable, and documented as such. */
export function mixHashOf(parentHash: Hash, number: number): Hash {
  return keccak256Hex(concatBytes(hexToBytes(parentHash), bigIntToBytes(BigInt(number), 32)));
}

function headerItems(header: HeaderFields): RlpItem[] {
  const items: RlpItem[] = [
    hexToBytes(header.parentHash),
    hexToBytes(header.ommersHash),
    hexToBytes(header.coinbase),
    hexToBytes(header.stateRoot),
    hexToBytes(header.transactionsRoot),
    hexToBytes(header.receiptsRoot),
    hexToBytes(header.logsBloom),
    uint(header.difficulty),
    uint(BigInt(header.number)),
    uint(header.gasLimit),
    uint(header.gasUsed),
    uint(BigInt(header.timestamp)),
    hexToBytes(header.extraData),
    hexToBytes(header.mixHash),
    hexToBytes(header.nonce),
    uint(header.baseFeePerGas),
    hexToBytes(header.withdrawalsRoot),
    uint(header.blobGasUsed),
    uint(header.excessBlobGas),
    hexToBytes(header.parentBeaconBlockRoot),
  ];
  if (header.requestsHash !== undefined) items.push(hexToBytes(header.requestsHash));
  return items;
}

export function encodeHeader(header: HeaderFields): Uint8Array {
  return encodeRlp(headerItems(header));
}

export function withHash(header: HeaderFields): Header {
  return { ...header, hash: keccak256Hex(encodeHeader(header)) };
}

function invalid(why: string): ChainError {
  return new ChainError(ChainErrorCode.InvalidBlock, `invalid header: ${why}`);
}

function safeNumber(item: RlpItem | undefined, name: string): number {
  const value = readUint64(item);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid(`${name} is too large`);
  return Number(value);
}

function fixed(item: RlpItem | undefined, length: number): `0x${string}` {
  const bytes = readBytes(item);
  if (bytes.length !== length) throw invalid(`a field of ${length} bytes has ${bytes.length}`);
  return bytesToHex(bytes);
}

/** From the decoded list of fields. @throws ChainError `INVALID_BLOCK` */
export function headerFromItems(items: readonly RlpItem[]): Header {
  if (items.length !== 20 && items.length !== 21) {
    throw invalid(`${items.length} fields, not 20 (Cancun) or 21 (Prague)`);
  }
  const extraData = readBytes(items[12]);
  if (extraData.length > 32) throw invalid('extra data is longer than 32 bytes');
  const coinbase: Address = readAddress(items[2]);
  return withHash({
    parentHash: readHash(items[0]),
    ommersHash: readHash(items[1]),
    coinbase,
    stateRoot: readHash(items[3]),
    transactionsRoot: readHash(items[4]),
    receiptsRoot: readHash(items[5]),
    logsBloom: fixed(items[6], 256),
    difficulty: readUint(items[7], 32),
    number: safeNumber(items[8], 'number'),
    gasLimit: readUint64(items[9]),
    gasUsed: readUint64(items[10]),
    timestamp: safeNumber(items[11], 'timestamp'),
    extraData: bytesToHex(extraData),
    mixHash: readHash(items[13]),
    nonce: fixed(items[14], 8),
    baseFeePerGas: readUint256(items[15]),
    withdrawalsRoot: readHash(items[16]),
    blobGasUsed: readUint64(items[17]),
    excessBlobGas: readUint64(items[18]),
    parentBeaconBlockRoot: readHash(items[19]),
    requestsHash: items.length === 21 ? readHash(items[20]) : undefined,
  });
}

/** @throws ChainError `INVALID_BLOCK` */
export function decodeHeader(rlp: Uint8Array): Header {
  try {
    return headerFromItems(decodeRlpList(rlp));
  } catch (error) {
    if (error instanceof ChainError && error.code === ChainErrorCode.InvalidBlock) throw error;
    if (error instanceof ChainError || error instanceof CommonError) throw invalid(error.message);
    throw error;
  }
}

/** The fields that are the same in every block of ours. */
export const CONSTANT_FIELDS = {
  ommersHash: EMPTY_OMMERS_HASH,
  difficulty: 0n,
  nonce: '0x0000000000000000',
  withdrawalsRoot: EMPTY_ROOT,
  blobGasUsed: 0n,
  excessBlobGas: 0n,
  parentBeaconBlockRoot: ZERO_HASH,
} as const;
