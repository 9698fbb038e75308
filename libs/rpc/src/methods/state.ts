import type { Blockchain } from '@flotilla/chain';
import { bigIntToHex, bytesToHex } from '@flotilla/common';
import { formatProof } from '../format/proof.js';
import { quantity } from '../format/quantity.js';
import type { RpcMethod } from '../method.js';
import { method, optional } from '../params/parser.js';
import { address, blockId, list, slotKey } from '../params/values.js';

/** As geth. */
const MAX_PROOF_SLOTS = 1024;

const atBlock = optional(blockId, 'latest');

export function stateMethods(chain: Blockchain): RpcMethod[] {
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
    method(
      'eth_getProof',
      [address, list(slotKey, MAX_PROOF_SLOTS), atBlock],
      ([account, keys, block]) =>
        formatProof(
          chain.proof(
            account,
            keys.map((key) => key.slot),
            block,
          ),
          keys,
        ),
    ),
  ];
}
