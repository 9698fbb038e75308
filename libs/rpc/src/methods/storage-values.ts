import type { ChainView } from '@flotilla/chain';
import { bigIntToHex } from '@flotilla/common';
import type { RpcMethod } from '../method.js';
import { method, optional } from '../params/parser.js';
import { storageRequests } from '../params/storage-requests.js';
import { blockId } from '../params/values.js';

/** Many slots of many accounts at once. */
export function storageValueMethods(chain: ChainView): RpcMethod[] {
  return [
    method(
      'eth_getStorageValues',
      [storageRequests, optional(blockId, 'latest')],
      ([requests, block]) =>
        Object.fromEntries(
          requests.map(({ name, account, slots }) => [
            name,
            slots.map((slot) => bigIntToHex(chain.storageAt(account, slot, block), 32)),
          ]),
        ),
    ),
  ];
}
