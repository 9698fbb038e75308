import type { ChainView } from '@flotilla/chain';
import { keccak256Hex, ZERO_ADDRESS } from '@flotilla/common';
import { formatForkConfigs } from '../format/fork-config.js';
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
    method('eth_config', [], () => formatForkConfigs(chain.forks(), chain.identity)),
    method('eth_capabilities', [], () => capabilities(chain)),
    method('rpc_modules', [], () => ({
      eth: '1.0',
      net: '1.0',
      web3: '1.0',
      debug: '1.0',
      txpool: '1.0',
      rpc: '1.0',
    })),
  ];
}

/** Blocks are never deleted; states are, but for a window. */
function capabilities(chain: ChainView): Record<string, unknown> {
  const { number, hash } = chain.head();
  const { oldestBlock, blocks } = chain.stateWindow();
  const kept = { disabled: false, oldestBlock: '0x0' };
  const state = {
    disabled: false,
    oldestBlock: quantity(oldestBlock),
    ...(blocks === undefined
      ? {}
      : { deleteStrategy: { type: 'window', retentionBlocks: quantity(blocks) } }),
  };
  return {
    head: { number: quantity(number), hash },
    state,
    tx: kept,
    logs: kept,
    receipts: kept,
    blocks: kept,
    stateproofs: state,
  };
}
