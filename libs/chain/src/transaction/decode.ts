import { CommonError, decodeRlpList, keccak256Hex, type RlpItem } from '@flotilla/common';
import {
  malformed,
  readAddress,
  readBytes,
  readHash,
  readList,
  readRecipient,
  readUint64,
  readUint256,
} from './fields.js';
import { decodeAccessList, decodeAuthorizationList } from './lists.js';
import type { SignedTransaction } from './types.js';
import { unsupportedType } from './unsupported-type.js';

type Body = Omit<SignedTransaction, 'hash' | 'raw' | 'type'>;

const NO_LISTS = {
  accessList: [],
  authorizationList: [],
  maxFeePerBlobGas: undefined,
  blobVersionedHashes: [],
} as const;

function expectFields(items: readonly RlpItem[], count: number): void {
  if (items.length < count) throw malformed('too few elements');
  if (items.length > count) throw malformed('input list has too many elements');
}

/** EIP-155: v = 35 + 2 · chain id + y parity; 27 and 28 carry no chain id. */
export function legacyParity(v: bigint): { chainId: bigint | undefined; yParity: number } {
  if (v === 27n || v === 28n) return { chainId: undefined, yParity: Number(v - 27n) };
  if (v >= 35n) return { chainId: (v - 35n) / 2n, yParity: Number((v - 35n) % 2n) };
  return { chainId: undefined, yParity: -1 };
}

function decodeLegacy(items: readonly RlpItem[]): Body {
  expectFields(items, 9);
  const gasPrice = readUint256(items[1]);
  const v = readUint256(items[6]);
  return {
    ...NO_LISTS,
    ...legacyParity(v),
    nonce: readUint64(items[0]),
    gasPrice,
    maxFeePerGas: gasPrice,
    maxPriorityFeePerGas: gasPrice,
    gasLimit: readUint64(items[2]),
    to: readRecipient(items[3]),
    value: readUint256(items[4]),
    data: readBytes(items[5]),
    v,
    r: readUint256(items[7]),
    s: readUint256(items[8]),
  };
}

function signature(items: readonly RlpItem[], at: number): Pick<Body, 'v' | 'yParity' | 'r' | 's'> {
  const v = readUint256(items[at]);
  return {
    v,
    yParity: v <= 1n ? Number(v) : -1,
    r: readUint256(items[at + 1]),
    s: readUint256(items[at + 2]),
  };
}

/** EIP-2930. */
function decodeAccessListTransaction(items: readonly RlpItem[]): Body {
  expectFields(items, 11);
  const gasPrice = readUint256(items[2]);
  return {
    ...NO_LISTS,
    chainId: readUint256(items[0]),
    nonce: readUint64(items[1]),
    gasPrice,
    maxFeePerGas: gasPrice,
    maxPriorityFeePerGas: gasPrice,
    gasLimit: readUint64(items[3]),
    to: readRecipient(items[4]),
    value: readUint256(items[5]),
    data: readBytes(items[6]),
    accessList: decodeAccessList(items[7]),
    ...signature(items, 8),
  };
}

/** The nine fields that the types 2, 3 and 4 begin with. */
function dynamicFeeFields(items: readonly RlpItem[]) {
  return {
    ...NO_LISTS,
    chainId: readUint256(items[0]),
    nonce: readUint64(items[1]),
    gasPrice: undefined,
    maxPriorityFeePerGas: readUint256(items[2]),
    maxFeePerGas: readUint256(items[3]),
    gasLimit: readUint64(items[4]),
    to: readRecipient(items[5]),
    value: readUint256(items[6]),
    data: readBytes(items[7]),
    accessList: decodeAccessList(items[8]),
  };
}

/** EIP-1559. */
function decodeDynamicFee(items: readonly RlpItem[]): Body {
  expectFields(items, 12);
  return { ...dynamicFeeFields(items), ...signature(items, 9) };
}

/** EIP-4844, without the sidecar. */
function decodeBlob(items: readonly RlpItem[]): Body {
  expectFields(items, 14);
  return {
    ...dynamicFeeFields(items),
    to: readAddress(items[5]),
    maxFeePerBlobGas: readUint256(items[9]),
    blobVersionedHashes: readList(items[10]).map(readHash),
    ...signature(items, 11),
  };
}

/** EIP-7702. */
function decodeSetCode(items: readonly RlpItem[]): Body {
  expectFields(items, 13);
  return {
    ...dynamicFeeFields(items),
    to: readAddress(items[5]),
    authorizationList: decodeAuthorizationList(items[9]),
    ...signature(items, 10),
  };
}

const TYPED = [
  undefined,
  decodeAccessListTransaction,
  decodeDynamicFee,
  decodeBlob,
  decodeSetCode,
] as const;

/** The RLP list inside the envelope: the fields of the transaction, signature last. */
export function transactionFields(raw: Uint8Array): readonly RlpItem[] {
  try {
    return decodeRlpList(raw[0] >= 0xc0 ? raw : raw.subarray(1));
  } catch (error) {
    if (error instanceof CommonError) throw malformed(error.message.replace('invalid RLP: ', ''));
    throw error;
  }
}

/** @throws as `decodeTransaction` */
export function decodeBody(raw: Uint8Array): Body & Pick<SignedTransaction, 'type'> {
  if (raw.length === 0) throw malformed('EOF');
  if (raw[0] >= 0xc0) return { ...decodeLegacy(transactionFields(raw)), type: 0 };
  const type = raw[0];
  const decode = TYPED[type];
  if (decode === undefined) throw unsupportedType(type);
  if (raw.length < 2) throw malformed('typed transaction too short');
  return { ...decode(transactionFields(raw)), type: type as 1 | 2 | 3 | 4 };
}

/**
 * Decodes the canonical encoding of one transaction (EIP-2718). Strict: every accepted input re-encodes to itself.
 * The signature isn't looked at. Keeps views into `raw`, which must not be changed afterwards.
 * @throws ChainError `INVALID_TRANSACTION`, `TRANSACTION_TYPE_NOT_SUPPORTED`
 */
export function decodeTransaction(raw: Uint8Array): SignedTransaction {
  return { ...decodeBody(raw), hash: keccak256Hex(raw), raw };
}
