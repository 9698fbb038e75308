import type { ChainView } from '@flotilla/chain';
import { keccak256Hex, ZERO_ADDRESS } from '@flotilla/common';
import { quantity } from '../format/quantity.js';
import type { RpcMethod } from '../method.js';
import { method } from '../params/parser.js';
import { data } from '../params/values.js';

/** Who answers, and on which chain. */
export function networkMethods(chain: ChainView, clientVersion: string): RpcMethod[] {
  const { chainId } = chain.identity;
  return [
    method('web3_clientVersion', [], () => clientVersion),
    method('web3_sha3', [data], ([bytes]) => keccak256Hex(bytes)),
    method('net_version', [], () => String(chainId)),
    method('net_listening', [], () => true),
    method('net_peerCount', [], () => '0x0'),
    method('eth_chainId', [], () => quantity(chainId)),
    method('eth_syncing', [], () => false),
    // The node holds no user's keys.
    method('eth_accounts', [], () => []),
    method('eth_coinbase', [], () => chain.config.coinbase ?? ZERO_ADDRESS),
    method('rpc_modules', [], () => ({
      eth: '1.0',
      net: '1.0',
      web3: '1.0',
      txpool: '1.0',
      rpc: '1.0',
    })),
  ];
}
