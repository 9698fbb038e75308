import type { Channel } from '../channel.js';
import { HttpStriker } from '../http-strike.js';
import { deployNuisance, mine } from '../throwaway.js';

const TRANSACTIONS = 10;
/** About 3 million gas each. */
const LOGS_EACH = 1_000;

/** All logs since the first block, again and again. */
export const logs: Channel = {
  name: 'logs',
  title: 'Wide eth_getLogs',
  overRpc: true,
  rate: 100,
  arm: async (target) => {
    const nuisance = await deployNuisance(target);
    const shouts = Array.from({ length: TRANSACTIONS }, (_, seed) =>
      mine(target, {
        to: nuisance.address,
        data: nuisance.encode('shout', seed, LOGS_EACH),
        gasLimit: 10_000_000,
      }),
    );
    await Promise.all(shouts);
    const striker = new HttpStriker(target);
    return {
      strike: (n, aim) => {
        // Somebody who never logs anything, and makes the question one that nobody asked before.
        const nobody = `0x${n.toString(16).padStart(40, 'f')}`;
        const address = [nuisance.address, nobody];
        const filter = { fromBlock: '0x0', toBlock: 'latest', address };
        return striker.call(aim, 'eth_getLogs', [filter]);
      },
      close: async () => striker.close(),
    };
  },
};
