import type { ChainView } from '@flotilla/chain';
import { formatProof } from '../format/proof.js';
import type { RpcMethod } from '../method.js';
import { method, optional } from '../params/parser.js';
import { address, blockId, list, slotKey } from '../params/values.js';

/** As geth. */
const MAX_PROOF_SLOTS = 1024;

const atBlock = optional(blockId, 'latest');

export function proofMethods(chain: ChainView): RpcMethod[] {
  return [
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
