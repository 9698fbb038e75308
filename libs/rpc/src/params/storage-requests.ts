import type { Address } from '@flotilla/common';
import { malformed, type Parser } from './parser.js';
import { address, fields, list, slotKey } from './values.js';

/** As geth: slots of all accounts together. */
const MAX_SLOTS = 1024;

export interface StorageRequest {
  /** The account as it was written. */
  readonly name: string;
  readonly account: Address;
  readonly slots: readonly bigint[];
}

const slots: Parser<bigint[]> = (value) => list(slotKey, MAX_SLOTS)(value).map(({ slot }) => slot);

/** What `eth_getStorageValues` asks for: slots by account. */
export const storageRequests: Parser<StorageRequest[]> = (value) => {
  const requests = Object.entries(fields(value)).map(([name, keys]) => ({
    name,
    account: address(name),
    slots: slots(keys),
  }));
  const total = requests.reduce((sum, request) => sum + request.slots.length, 0);
  if (total === 0) throw malformed('empty request');
  if (total > MAX_SLOTS) throw malformed(`too many slots (max ${MAX_SLOTS})`);
  return requests;
};
