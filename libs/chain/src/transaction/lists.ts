import { hexToBytes, type RlpItem } from '@flotilla/common';
import type { AccessListEntry, Authorization } from '@flotilla/evm';
import {
  malformed,
  readAddress,
  readHash,
  readList,
  readUint,
  readUint64,
  readUint256,
  uint,
} from './fields.js';

export function decodeAccessList(item: RlpItem | undefined): AccessListEntry[] {
  return readList(item).map((entry) => {
    const fields = readList(entry);
    if (fields.length !== 2) throw malformed('wrong number of fields in an access list entry');
    return { address: readAddress(fields[0]), storageKeys: readList(fields[1]).map(readHash) };
  });
}

export function decodeAuthorizationList(item: RlpItem | undefined): Authorization[] {
  return readList(item).map((entry) => {
    const fields = readList(entry);
    if (fields.length !== 6) throw malformed('wrong number of fields in an authorization');
    return {
      chainId: readUint256(fields[0]),
      address: readAddress(fields[1]),
      nonce: readUint64(fields[2]),
      yParity: Number(readUint(fields[3], 1)),
      r: readUint256(fields[4]),
      s: readUint256(fields[5]),
    };
  });
}

export function encodeAccessList(list: readonly AccessListEntry[]): RlpItem {
  return list.map((entry) => [hexToBytes(entry.address), entry.storageKeys.map(hexToBytes)]);
}

export function encodeAuthorizationList(list: readonly Authorization[]): RlpItem {
  return list.map((entry) => [
    uint(entry.chainId),
    hexToBytes(entry.address),
    uint(entry.nonce),
    uint(BigInt(entry.yParity)),
    uint(entry.r),
    uint(entry.s),
  ]);
}
