import type { Channel } from '../channel.js';
import { productOf } from '../product.js';
import { type RestRequest, RestStriker } from '../rest-striker.js';

/** What an owner may ask of the control plane: the list, his chain, its checkpoints, and one checkpoint more. */
export const rest: Channel = {
  name: 'rest',
  title: 'Checkpoints and REST calls',
  overRpc: false,
  rate: 300,
  arm: async (target) => {
    const product = productOf(target);
    const chain = `/chains/${product.chainName}`;
    const requests: readonly RestRequest[] = [
      { method: 'GET', path: '/chains' },
      { method: 'POST', path: `${chain}/checkpoints`, body: {} },
      { method: 'GET', path: chain },
      { method: 'GET', path: `${chain}/checkpoints` },
    ];
    const striker = new RestStriker(product, target.sink);
    return {
      strike: async (n, aim) => [await striker.call(aim, requests[n % requests.length])],
      close: async () => striker.close(),
    };
  },
};
