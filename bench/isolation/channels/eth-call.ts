import type { Channel } from '../channel.js';
import { HttpStriker } from '../http-strike.js';
import { deployNuisance } from '../throwaway.js';

/** As much gas as a call of an ordinary node may burn. */
const CALL_GAS = '0x1c9c380';

/** Calls that hash until their gas is gone, each with an input of its own. */
export const ethCall: Channel = {
  name: 'eth-call',
  title: 'Heavy eth_call',
  overRpc: true,
  rate: 100,
  arm: async (target) => {
    const nuisance = await deployNuisance(target);
    const striker = new HttpStriker(target);
    return {
      strike: (n, aim) => {
        const call = { to: nuisance.address, data: nuisance.encode('burn', n), gas: CALL_GAS };
        return striker.call(aim, 'eth_call', [call, 'latest']);
      },
      close: async () => striker.close(),
    };
  },
};
