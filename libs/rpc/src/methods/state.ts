import type { ChainView } from '@flotilla/chain';
import { bigIntToHex, bytesToHex } from '@flotilla/common';
import { quantity } from '../format/quantity.js';
import type { RpcMethod } from '../method.js';
import { method, optional } from '../params/parser.js';
import { address, blockId, slotKey } from '../params/values.js';

const atBlock = optional(blockId, 'latest');

export function stateMethods(chain: ChainView): RpcMethod[] {
  return [
    method('eth_getBalance', [address, atBlock], ([account, block]) =>
      quantity(chain.balance(account, block)),
    ),
    method('eth_getTransactionCount', [address, atBlock], ([account, block]) =>
      quantity(chain.nonce(account, block)),
    ),
    method('eth_getCode', [address, atBlock], ([account, block]) =>
      bytesToHex(chain.code(account, block)),
    ),
    method('eth_getStorageAt', [address, slotKey, atBlock], ([account, key, block]) =>
      bigIntToHex(chain.storageAt(account, key.slot, block), 32),
    ),
  ];
}
