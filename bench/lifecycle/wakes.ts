import { join } from 'node:path';
import { JsonRpc } from '../client/json-rpc.js';
import { createCast, STARTING_BALANCE } from '../load/accounts.js';
import { folderBytes } from '../measure/disk.js';
import { setUp } from '../measure/setup.js';
import { prepareCrowd } from '../workloads/crowd.js';
import type { Fleet } from './fleet.js';

export interface WakeResult {
  /** Of the chain's database, on the disk. */
  readonly stateBytes: number;
  /** From a request at the gateway to its answer, in milliseconds. */
  readonly wakeMs: readonly number[];
}

const NAME = 'sleeper';
/** The least that an account of the crowd takes, its part of the trie included; a large state takes more, the result says how much. */
const BYTES_PER_ACCOUNT = 300;

/** A chain with so much state falls asleep and is woken by a read, again and again. */
export async function measureWakes(
  fleet: Fleet,
  { count, stateMb }: { readonly count: number; readonly stateMb: number },
): Promise<WakeResult> {
  const { stack } = fleet;
  const { account, stateBytes } = await fill(fleet, stateMb * 1e6);
  const wakeMs: number[] = [];
  for (let i = 0; i < count; i++) {
    await fleet.sleep(NAME);
    await fleet.poolIsFull();
    const startedAt = performance.now();
    const balance = await stack.rpc(NAME, 'eth_getBalance', [account, 'latest']);
    wakeMs.push(performance.now() - startedAt);
    if (BigInt(balance) === 0n) throw new Error('it woke up without its state');
  }
  return { stateBytes, wakeMs };
}

async function fill(fleet: Fleet, bytes: number) {
  const { stack } = fleet;
  const cast = createCast(1);
  const { address } = cast.deployer;
  const chainId = fleet.drawChainId();
  const alloc = { [address]: { balance: STARTING_BALANCE.toString() } };
  await stack.createChain(NAME, { chainId, alloc, gasLimit: 1_000_000_000, size: 'dedicated' });
  const folder = join(stack.home, 'chains', NAME, 'data');
  const accounts = Math.ceil(bytes / BYTES_PER_ACCOUNT);
  const rpc = new JsonRpc(new URL(stack.rpcUrl(NAME)));
  await setUp(rpc, cast, chainId, prepareCrowd(cast, accounts).setup);
  return { account: address, stateBytes: folderBytes(folder) };
}
