import type { Hex } from '@flotilla/common';
import type { Channel } from '../channel.js';
import { TransactionFlood } from '../transaction-flood.js';

const BATCH = 10;
const RECIPIENT: Hex = `0x${'c4'.repeat(20)}`;

/** More transactions than a chain may take, each of an account of its own. */
export const transactions: Channel = {
  name: 'transactions',
  title: 'Transactions',
  overRpc: true,
  rate: 300,
  arm: async (target) =>
    new TransactionFlood(target, BATCH, () => ({ to: RECIPIENT, gasLimit: 21_000 })),
};
