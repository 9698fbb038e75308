import { type Address, keccak256Hex } from '@flotilla/common';
import type { Workload } from './workload.js';

const transfer = (to: Address) => ({ to, value: 1n, gasLimit: 21_000 });

export const transfersToExisting: Workload = {
  name: 'transfers',
  title: 'Transfers to existing accounts',
  share: 1,
  prepare: ({ senders }) => ({
    setup: [],
    call: (sender, n) => transfer(senders[(sender + 1 + n) % senders.length].address),
  }),
};

export const transfersToFresh: Workload = {
  name: 'fresh-transfers',
  title: 'Transfers to fresh accounts',
  share: 1,
  prepare: () => ({
    setup: [],
    call: (sender, n) => {
      const digest = keccak256Hex(Buffer.from(`fresh ${sender} ${n}`));
      return transfer(`0x${digest.slice(26)}`);
    },
  }),
};
