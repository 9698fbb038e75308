import type { BlockTag, LogFilter } from '@flotilla/chain';
import type { Address, Hash } from '@flotilla/common';
import { malformed, type Parser } from './parser.js';
import { address, blockNumber, field, fields, hash, list } from './values.js';

/** As geth: more than this in one filter is refused. */
const MAX_ADDRESSES = 1000;
const MAX_TOPICS = 4;
const MAX_SUB_TOPICS = 1000;

/** A filter whose tags aren't resolved yet: filters that live on resolve them at each use. */
export interface LogCriteria extends Pick<LogFilter, 'addresses' | 'topics' | 'blockHash'> {
  readonly fromBlock?: BlockTag | number;
  readonly toBlock?: BlockTag | number;
}

const addresses: Parser<Address[]> = (value) =>
  Array.isArray(value) ? list(address, MAX_ADDRESSES)(value) : [address(value)];

const topicPosition: Parser<Hash[] | undefined> = (value) => {
  if (value === null || value === undefined) return undefined;
  if (!Array.isArray(value)) return [hash(value)];
  // A null among alternatives is a wildcard for the position.
  if (value.some((alternative) => alternative === null)) return undefined;
  const alternatives = list(hash, MAX_SUB_TOPICS)(value);
  return alternatives.length === 0 ? undefined : alternatives;
};

export const logCriteria: Parser<LogCriteria> = (value) => {
  const object = fields(value);
  const criteria: LogCriteria = {
    blockHash: field(object, 'blockHash', hash),
    fromBlock: field(object, 'fromBlock', blockNumber),
    toBlock: field(object, 'toBlock', blockNumber),
    addresses: field(object, 'address', addresses),
    topics: field(object, 'topics', list(topicPosition, MAX_TOPICS)),
  };
  if (criteria.blockHash !== undefined && (criteria.fromBlock ?? criteria.toBlock) !== undefined) {
    throw malformed('cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other');
  }
  return criteria;
};
