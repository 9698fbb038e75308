import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@flotilla/testing';
import { repositoryRoot } from '../../test/stack.js';
import { JsonRpc } from '../client/json-rpc.js';
import { STARTING_BALANCE } from '../load/accounts.js';
import { startExternal } from './external-process.js';
import {
  BLOCK_GAS_LIMIT,
  BLOCK_INTERVAL_MS,
  type Peer,
  type RoundOptions,
  type RunningChain,
} from './peer.js';

function configOf({ chainId, cast }: RoundOptions): unknown {
  return {
    solidity: '0.8.24',
    networks: {
      hardhat: {
        chainId,
        hardfork: 'prague',
        blockGasLimit: BLOCK_GAS_LIMIT,
        initialBaseFeePerGas: 0,
        mining: { auto: false, interval: BLOCK_INTERVAL_MS, mempool: { order: 'fifo' } },
        accounts: {
          mnemonic: cast.mnemonic,
          count: cast.senders.length + 1,
          accountsBalance: STARTING_BALANCE.toString(),
        },
      },
    },
  };
}

async function start(options: RoundOptions): Promise<RunningChain> {
  const project = mkdtempSync(join(tmpdir(), 'flotilla-bench-hardhat-'));
  symlinkSync(join(repositoryRoot, 'node_modules'), join(project, 'node_modules'));
  writeFileSync(join(project, 'package.json'), '{}');
  writeFileSync(
    join(project, 'hardhat.config.js'),
    `module.exports = ${JSON.stringify(configOf(options))};`,
  );
  const port = await freePort();
  const chain = await startExternal({
    cwd: project,
    port,
    args: [
      join(repositoryRoot, 'node_modules/hardhat/internal/cli/bootstrap.js'),
      ...['node', '--port', String(port)],
    ],
  });
  // It would print a line for every request.
  await new JsonRpc(chain.url).call('hardhat_setLoggingEnabled', false);
  return {
    ...chain,
    stop: async () => {
      await chain.stop();
      rmSync(project, { recursive: true, force: true });
    },
  };
}

export const hardhat: Peer = {
  name: 'hardhat',
  title: 'Hardhat node',
  idOffset: 0,
  start,
  close: async () => {},
};
