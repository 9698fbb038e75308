import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, Stack, waitUntil } from '../../test/stack.js';
import { STARTING_BALANCE } from '../load/accounts.js';
import {
  BLOCK_GAS_LIMIT,
  BLOCK_INTERVAL_MS,
  type Peer,
  type RoundOptions,
  type RunningChain,
} from './peer.js';

let running: Promise<Stack> | undefined;
let interrupted = false;

/** One `flotilla up` for the whole run, as a user has it: PostgreSQL, NATS, root, orchestrator and gateway included. */
export async function sharedStack(env?: Readonly<Record<string, string>>): Promise<Stack> {
  if (interrupted) throw new Error('interrupted');
  running ??= Stack.start(env);
  return running;
}

export async function closeStack(): Promise<void> {
  const stack = await running;
  running = undefined;
  await stack?.stop();
}

/** Closes the stack for good: a round that still goes on gets no other. */
export async function interruptStack(): Promise<void> {
  interrupted = true;
  await closeStack();
}

export interface FlotillaChain extends RunningChain {
  readonly chainName: string;
  readonly folder: string;
}

let made = 0;

/**
 * @param door where the load enters: the URL that users have, or the node's own port
 * @param key of the chain's owner; the admin's when absent
 */
export async function startFlotillaChain(
  door: 'gateway' | 'node',
  { chainId, cast }: RoundOptions,
  spec: Readonly<Record<string, unknown>> = {},
  key?: string,
): Promise<FlotillaChain> {
  const stack = await sharedStack();
  const chainName = `bench-${++made}`;
  const accounts = [...cast.senders, cast.deployer];
  const alloc = Object.fromEntries(
    accounts.map(({ address }) => [address, { balance: STARTING_BALANCE.toString() }]),
  );
  await stack.createChain(
    chainName,
    {
      chainId,
      sealing: { mode: 'interval', intervalMs: BLOCK_INTERVAL_MS },
      gasLimit: BLOCK_GAS_LIMIT,
      size: 'dedicated',
      alloc,
      ...spec,
    },
    key,
  );
  const folder = join(stack.home, 'chains', chainName);
  const { pid, rpcUrl } = JSON.parse(readFileSync(join(folder, 'instance.json'), 'utf8'));
  return {
    chainName,
    folder,
    url: new URL(door === 'gateway' ? stack.rpcUrl(chainName) : rpcUrl),
    chainPid: pid,
    pids: () => [pid, ...stack.pids()],
    stop: async () => {
      await stack.api('POST', `/chains/${chainName}/pause`);
      try {
        await waitUntil('the chain stops', 30_000, async () => !isAlive(pid));
      } catch {
        process.kill(pid, 'SIGKILL');
      }
    },
  };
}

export const flotilla: Peer = {
  name: 'flotilla',
  title: 'Flotilla',
  idOffset: 0,
  start: (options) => startFlotillaChain('gateway', options),
  close: closeStack,
};

export const flotillaNode: Peer = {
  name: 'flotilla-node',
  title: "Flotilla, node's own port",
  idOffset: 1,
  start: (options) => startFlotillaChain('node', options),
  close: closeStack,
};
