import {
  bigIntToMinimalBytes,
  bytesToBigInt,
  bytesToHex,
  decodeRlpList,
  EMPTY_BYTES,
  encodeRlp,
  type Hash,
  type Hex,
  hexToBytes,
  isHex,
  keccak256Hex,
} from '@flotilla/common';
import { AnchoringError, AnchoringErrorCode } from '../errors.js';

/** A block as `eth_getBlockByNumber` answers it; only header fields are read. */
export type RpcBlock = Readonly<Record<string, unknown>>;

/** What a bundle's proof needs of a header. */
export interface BlockHeader {
  readonly number: number;
  readonly hash: Hash;
  readonly stateRoot: Hash;
  /** Seconds. */
  readonly timestamp: number;
}

type Kind = 'data' | 'quantity';

/** Yellow Paper, section 4.4.1. */
const FIELDS: readonly (readonly [string, Kind])[] = [
  ['parentHash', 'data'],
  ['sha3Uncles', 'data'],
  ['miner', 'data'],
  ['stateRoot', 'data'],
  ['transactionsRoot', 'data'],
  ['receiptsRoot', 'data'],
  ['logsBloom', 'data'],
  ['difficulty', 'quantity'],
  ['number', 'quantity'],
  ['gasLimit', 'quantity'],
  ['gasUsed', 'quantity'],
  ['timestamp', 'quantity'],
  ['extraData', 'data'],
  ['mixHash', 'data'],
  ['nonce', 'data'],
];

/** Each fork appended its own: EIP-1559, 4895, 4844, 4788, 7685. */
const FORK_FIELDS: readonly (readonly [string, Kind])[] = [
  ['baseFeePerGas', 'quantity'],
  ['withdrawalsRoot', 'data'],
  ['blobGasUsed', 'quantity'],
  ['excessBlobGas', 'quantity'],
  ['parentBeaconBlockRoot', 'data'],
  ['requestsHash', 'data'],
];

const STATE_ROOT = 3;
const NUMBER = 8;
const TIMESTAMP = 11;

function invalid(why: string, cause?: unknown): AnchoringError {
  return new AnchoringError(AnchoringErrorCode.InvalidHeader, `invalid header: ${why}`, { cause });
}

function encodeField(block: RpcBlock, [name, kind]: readonly [string, Kind]): Uint8Array {
  const value = block[name];
  if (kind === 'data' && isHex(value)) return hexToBytes(value);
  if (kind === 'quantity' && typeof value === 'string' && /^0x[0-9a-fA-F]+$/.test(value)) {
    return bigIntToMinimalBytes(BigInt(value));
  }
  throw invalid(`${name} is missing or not ${kind}`);
}

const EXTRA_DATA = FIELDS.findIndex(([name]) => name === 'extraData');

/**
 * Besu's QBFT keeps the round and the validators' seals in the header, but hashes it without them:
 * extraData is RLP [vanity, validators, vote, round, seals], hashed with round 0 and no seals.
 * Undefined where extraData is something else.
 */
function withoutQbftSeals(fields: readonly Uint8Array[]): Uint8Array[] | undefined {
  try {
    const extra = decodeRlpList(fields[EXTRA_DATA]);
    if (extra.length !== 5) return undefined;
    return fields.with(EXTRA_DATA, encodeRlp([...extra.slice(0, 3), EMPTY_BYTES, []]));
  } catch {
    return undefined;
  }
}

/**
 * The RLP of a block's header from its JSON, for roots of any fork up to Osaka and for Besu's QBFT.
 * @throws AnchoringError `INVALID_HEADER` when a field is missing, or when the RLP does not hash to the
 * block's hash (a fork with fields that are unknown here, or another kind of header)
 */
export function encodeHeader(block: RpcBlock): Hex {
  const present = FORK_FIELDS.filter(([name]) => block[name] !== undefined && block[name] !== null);
  const fields = [...FIELDS, ...present].map((field) => encodeField(block, field));
  for (const hashed of [fields, withoutQbftSeals(fields)]) {
    if (hashed === undefined) continue;
    const rlp = encodeRlp(hashed);
    if (keccak256Hex(rlp) === String(block.hash).toLowerCase()) return bytesToHex(rlp);
  }
  throw invalid(`its fields do not hash to ${block.hash}`);
}

function toSafeNumber(bytes: Uint8Array): number {
  const value = bytesToBigInt(bytes);
  if (bytes[0] === 0 || value > Number.MAX_SAFE_INTEGER) throw invalid('a number is out of range');
  return Number(value);
}

/** @throws AnchoringError `INVALID_HEADER` unless it is the canonical RLP of a header */
export function decodeHeader(rlp: Uint8Array): BlockHeader {
  let items: readonly unknown[];
  try {
    items = decodeRlpList(rlp);
  } catch (cause) {
    throw invalid('not RLP of a list', cause);
  }
  const fields = items.filter((item) => item instanceof Uint8Array);
  if (fields.length !== items.length || fields.length < FIELDS.length) {
    throw invalid('not a list of at least 15 byte strings');
  }
  if (fields[STATE_ROOT].length !== 32) throw invalid('the state root is not 32 bytes');
  return {
    number: toSafeNumber(fields[NUMBER]),
    hash: keccak256Hex(rlp),
    stateRoot: bytesToHex(fields[STATE_ROOT]),
    timestamp: toSafeNumber(fields[TIMESTAMP]),
  };
}
