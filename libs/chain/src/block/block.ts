import {
  CommonError,
  decodeRlpList,
  encodeRlp,
  RLP_EMPTY_LIST,
  type RlpItem,
  rlpHeaderLength,
} from '@flotilla/common';
import { ChainError, ChainErrorCode } from '../errors.js';
import { decodeTransaction } from '../transaction/decode.js';
import type { SignedTransaction } from '../transaction/types.js';
import { encodeHeader, headerFromItems } from './header.js';
import { rlpList, rlpString } from './rlp-list.js';
import type { Header, HeaderFields } from './types.js';

export interface DecodedBlock {
  readonly header: Header;
  readonly transactions: readonly SignedTransaction[];
}

/** A legacy transaction is a list already; a typed one travels as a byte string. */
export function transactionItem(raw: Uint8Array): Uint8Array {
  return raw[0] >= 0xc0 ? raw : rlpString(raw);
}

/** [header, transactions, no ommers, no withdrawals], as Ethereum nodes exchange blocks. */
export function encodeBlock(
  header: HeaderFields,
  rawTransactions: readonly Uint8Array[],
): Uint8Array {
  return rlpList([
    encodeHeader(header),
    rlpList(rawTransactions.map(transactionItem)),
    RLP_EMPTY_LIST,
    RLP_EMPTY_LIST,
  ]);
}

/** Length of what `encodeBlock` would make. */
export function blockSize(header: HeaderFields, rawTransactions: readonly Uint8Array[]): number {
  let transactions = 0;
  for (const raw of rawTransactions) {
    transactions += raw.length + (raw[0] >= 0xc0 ? 0 : rlpHeaderLength(raw.length));
  }
  const payload =
    encodeHeader(header).length +
    (rlpHeaderLength(transactions) + transactions) +
    2 * RLP_EMPTY_LIST.length;
  return rlpHeaderLength(payload) + payload;
}

function invalid(why: string, cause?: unknown): ChainError {
  return new ChainError(ChainErrorCode.InvalidBlock, `invalid block: ${why}`, { cause });
}

function list(item: RlpItem | undefined, name: string): readonly RlpItem[] {
  if (item === undefined || item instanceof Uint8Array) throw invalid(`${name} is not a list`);
  return item;
}

/** Strict inverse of `encodeBlock`; senders aren't recovered. @throws ChainError `INVALID_BLOCK` */
export function decodeBlock(rlp: Uint8Array): DecodedBlock {
  try {
    const items = decodeRlpList(rlp);
    if (items.length !== 4) throw invalid(`${items.length} parts, not 4`);
    if (list(items[2], 'ommers').length > 0) throw invalid('it has ommers');
    if (list(items[3], 'withdrawals').length > 0) throw invalid('it has withdrawals');
    const transactions = list(items[1], 'transactions').map((item) =>
      decodeTransaction(item instanceof Uint8Array ? typed(item) : encodeRlp(item)),
    );
    return { header: headerFromItems(list(items[0], 'header')), transactions };
  } catch (error) {
    if (error instanceof ChainError && error.code === ChainErrorCode.InvalidBlock) throw error;
    if (error instanceof ChainError || error instanceof CommonError) {
      throw invalid(error.message, error);
    }
    throw error;
  }
}

/** A legacy transaction wrapped in a byte string would be a second encoding of the same block. */
function typed(raw: Uint8Array): Uint8Array {
  if (raw.length === 0 || raw[0] >= 0xc0) throw invalid('a legacy transaction is wrapped');
  return raw;
}
