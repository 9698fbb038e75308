import type { Channel } from '../channel.js';
import { deployNuisance } from '../throwaway.js';
import { TransactionFlood } from '../transaction-flood.js';

/** Slots per transaction: about 5 million gas. */
const SLOTS = 220;

/** More than a small chain takes in a second. */
const BATCH = 15;

/** Transactions that write nothing but new slots, many times the block's gas in each second. */
export const stateGrowth: Channel = {
  name: 'state-growth',
  title: 'State growth on disk',
  overRpc: true,
  rate: 100,
  arm: async (target) => {
    const nuisance = await deployNuisance(target);
    return new TransactionFlood(target, BATCH, (n) => ({
      to: nuisance.address,
      data: nuisance.encode('fill', n + 1, SLOTS),
      gasLimit: 6_000_000,
    }));
  },
};
