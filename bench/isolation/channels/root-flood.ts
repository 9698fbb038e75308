import { JsonRpc } from '../../client/json-rpc.js';
import type { Channel } from '../channel.js';
import { productOf } from '../product.js';
import { TransactionFlood } from '../transaction-flood.js';

const BATCH = 10;

/** Transactions for the root chain itself, where everybody's checkpoints go. */
export const rootFlood: Channel = {
  name: 'root',
  title: 'Root chain flood',
  overRpc: false,
  rate: 200,
  arm: async (target) => {
    const url = new URL('root', productOf(target).gatewayUrl).href;
    const chainId = Number(await new JsonRpc(new URL(url)).call('eth_chainId'));
    const recipient = `0x${'c4'.repeat(20)}` as const;
    return new TransactionFlood({ ...target, url, chainId }, BATCH, () => ({
      to: recipient,
      gasLimit: 21_000,
    }));
  },
};
