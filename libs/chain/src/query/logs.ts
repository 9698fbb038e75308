import type { Hash } from '@flotilla/common';
import { bloomMask, mayContain } from '../block/bloom.js';
import type { LogEntry } from '../block/types.js';
import type { LogLimits } from '../config.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import type { ChainReader } from '../storage/chain-reader.js';
import { decodeReceiptRecord } from '../storage/receipt-record.js';
import { logEntries } from '../storage/receipts.js';
import type { Deadline } from './deadline.js';
import { StoredLogMatcher } from './stored-log-matcher.js';
import type { LogFilter } from './types.js';

/** Where the bloom lies in an encoded header: after the list's header and six fields of fixed length. */
const BLOOM_OFFSET = 3 + 33 + 33 + 21 + 3 * 33 + 3;
const BLOOM_BYTES = 256;

export const headerBloom = (rlp: Uint8Array): Uint8Array =>
  rlp.subarray(BLOOM_OFFSET, BLOOM_OFFSET + BLOOM_BYTES);

/** No log in the block. */
const isBlank = (bloom: Uint8Array): boolean => bloom.every((byte) => byte === 0);

/** Whether a block of that bloom may have a matching log; for a filter that wants everything, any that has logs. */
export function bloomMatcher({
  addresses = [],
  topics = [],
}: Pick<LogFilter, 'addresses' | 'topics'>): (bloom: Uint8Array) => boolean {
  // Every group must match by one of its values.
  const groups = [addresses, ...topics.map((wanted) => wanted ?? [])]
    .filter((group) => group.length > 0)
    .map((group) => group.map(bloomMask));
  if (groups.length === 0) return (bloom) => !isBlank(bloom);
  return (bloom) => groups.every((group) => group.some((mask) => mayContain(bloom, mask)));
}

/** Whether one log passes; the block isn't looked at. Also what subscriptions ask. */
export function matchesFilter(
  log: Pick<LogEntry, 'address' | 'topics'>,
  filter: Pick<LogFilter, 'addresses' | 'topics'>,
): boolean {
  const { addresses, topics } = filter;
  if (addresses !== undefined && addresses.length > 0 && !addresses.includes(log.address)) {
    return false;
  }
  if (topics === undefined) return true;
  if (topics.length > log.topics.length) return false;
  return topics.every(
    (wanted, i) =>
      wanted === undefined || wanted.length === 0 || wanted.includes(log.topics[i] as Hash),
  );
}

/** The range in numbers: what is left out is the head. @throws ChainError `INVALID_RANGE`, `LIMIT_EXCEEDED` */
function blockRange(filter: LogFilter, head: number, limits: Required<LogLimits>) {
  const from = filter.fromBlock ?? head;
  const to = filter.toBlock ?? head;
  if (from > to) {
    throw new ChainError(ChainErrorCode.InvalidRange, 'invalid block range params');
  }
  const last = Math.min(to, head);
  if (last - from + 1 > limits.blocks) {
    throw new ChainError(
      ChainErrorCode.LimitExceeded,
      `query exceeds max block range ${limits.blocks}`,
      { data: { limit: limits.blocks } },
    );
  }
  return { from, to: last };
}

export interface LogQueryModules {
  readonly reader: ChainReader;
  readonly head: number;
  readonly deadline: Deadline;
}

/** @throws ChainError `LIMIT_EXCEEDED`, `INVALID_RANGE`, `BLOCK_NOT_FOUND`, `EXECUTION_TIMEOUT` */
export function queryLogs(
  filter: LogFilter,
  limits: Required<LogLimits>,
  { reader, head, deadline }: LogQueryModules,
): LogEntry[] {
  const found: LogEntry[] = [];
  const matcher = new StoredLogMatcher(filter);
  const collect = (number: number) => {
    if (deadline.interrupt()) {
      throw new ChainError(ChainErrorCode.ExecutionTimeout, 'query timeout, try a smaller range');
    }
    for (const log of blockLogs(reader, number, matcher)) {
      if (!matchesFilter(log, filter)) continue;
      if (found.length === limits.results) {
        throw new ChainError(
          ChainErrorCode.LimitExceeded,
          `query exceeds max results ${limits.results}`,
          { data: { limit: limits.results } },
        );
      }
      found.push(log);
    }
  };
  if (filter.blockHash !== undefined) {
    const number = reader.numberOf(filter.blockHash);
    if (number === undefined) throw new ChainError(ChainErrorCode.BlockNotFound, 'unknown block');
    collect(number);
    return found;
  }
  const mayMatch = bloomMatcher(filter);
  const { from, to } = blockRange(filter, head, limits);
  for (const [number, rlp] of reader.headerRange(from, to)) {
    if (mayMatch(headerBloom(rlp))) collect(number);
  }
  return found;
}

/** Of all transactions that have a matching log. */
function* blockLogs(
  reader: ChainReader,
  number: number,
  matcher: StoredLogMatcher,
): Iterable<LogEntry> {
  const header = reader.headerByNumber(number);
  if (header === undefined || header.gasUsed === 0n) return;
  const receipts = reader.packedReceipts(number);
  const hashOf = reader.transactionHashes(number);
  for (let i = 0; i < receipts.length; i++) {
    const receipt = receipts.at(i)!;
    if (!matcher.matchesSome(receipt)) continue;
    yield* logEntries(header, hashOf(i), i, decodeReceiptRecord(receipt));
  }
}
