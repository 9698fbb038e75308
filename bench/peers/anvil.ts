import { join } from 'node:path';
import { freePort } from '@flotilla/testing';
import { repositoryRoot } from '../../test/stack.js';
import { STARTING_BALANCE } from '../load/accounts.js';
import { startExternal } from './external-process.js';
import { BLOCK_GAS_LIMIT, BLOCK_INTERVAL_MS, type Peer } from './peer.js';

/** Of plain transfers: with 6,000 it stalled in every round, with 5,000 in none. */
const MAX_IN_FLIGHT = 5_000;

/** Foundry's node. First come, first served is its fastest order, and ours. */
export const anvil: Peer = {
  name: 'anvil',
  title: 'anvil 1.7.1',
  idOffset: 0,
  maxInFlight: MAX_IN_FLIGHT,
  start: async ({ chainId, cast, keepsSteps }) => {
    const port = await freePort();
    const options = {
      '--port': port,
      '--chain-id': chainId,
      '--block-time': BLOCK_INTERVAL_MS / 1_000,
      '--gas-limit': BLOCK_GAS_LIMIT,
      '--hardfork': 'prague',
      '--order': 'fifo',
      '--base-fee': 0,
      '--accounts': cast.senders.length + 1,
      '--balance': STARTING_BALANCE / 10n ** 18n,
      '--mnemonic': cast.mnemonic,
    };
    return startExternal({
      cwd: repositoryRoot,
      port,
      args: [
        join(repositoryRoot, 'node_modules/@foundry-rs/anvil/bin.mjs'),
        '--quiet',
        '--no-priority-fee',
        '--no-request-size-limit',
        ...(keepsSteps ? ['--steps-tracing'] : []),
        ...Object.entries(options).flatMap(([name, value]) => [name, String(value)]),
      ],
    });
  },
  close: async () => {},
};
