import type { Channel } from '../channel.js';
import { deployNuisance } from '../throwaway.js';
import { TransactionFlood } from '../transaction-flood.js';

const LINES = 200;
/** More than a small chain takes in a second. */
const BATCH = 8;

/** Transactions whose `console.log` fills the chain's log file. */
export const logVolume: Channel = {
  name: 'log-volume',
  title: 'Log volume (console.log)',
  overRpc: false,
  rate: 200,
  arm: async (target) => {
    const nuisance = await deployNuisance(target);
    return new TransactionFlood(target, BATCH, (n) => ({
      to: nuisance.address,
      data: nuisance.encode('chatter', n, LINES),
      gasLimit: 1_500_000,
    }));
  },
};
