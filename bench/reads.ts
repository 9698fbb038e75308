import { id, zeroPadValue } from 'ethers';
import { JsonRpc } from './client/json-rpc.js';
import { createCast, SENDERS } from './load/accounts.js';
import { signedLoad } from './load/signed-load.js';
import { BlockClock } from './measure/block-clock.js';
import { type Question, ReadProbing } from './measure/read-probing.js';
import { CONNECTIONS, measureLoad } from './measure/round.js';
import { setUp } from './measure/setup.js';
import { traceInWindows } from './measure/trace-windows.js';
import { closeStack, startFlotillaChain } from './peers/flotilla.js';
import { describeMachine } from './report/machine.js';
import { type ReadsRun, readsVerdicts } from './report/reads-verdicts.js';
import { saveResult } from './report/results.js';
import { printVerdicts } from './report/verdict.js';
import { erc20Transfers } from './workloads/erc20.js';

const CHAIN_ID = 7_700_001;
const WINDOW_MS = 10_000;
const cast = createCast(SENDERS);

/** Reads while a chain seals ERC-20 transfers as fast as they come; then the same with a trace running. */
export async function runReads(transactions: number): Promise<boolean> {
  try {
    const run = await measureReads(transactions);
    saveResult('reads.json', { machine: describeMachine(), ...run });
    return printVerdicts(readsVerdicts(run));
  } finally {
    await closeStack();
  }
}

async function measureReads(transactions: number): Promise<ReadsRun> {
  const chain = await startFlotillaChain('gateway', { chainId: CHAIN_ID, cast });
  const workload = erc20Transfers.prepare(cast);
  const rpc = new JsonRpc(chain.url);
  await setUp(rpc, cast, CHAIN_ID, workload.setup);
  const load = await signedLoad(workload, cast, {
    chainId: CHAIN_ID,
    transactions,
    connections: CONNECTIONS,
  });

  const clock = await BlockClock.start(chain.url);
  const probing = new ReadProbing({ url: chain.url.href, questions: questions() });
  const loading = measureLoad(chain, load);
  const trace = await traceInWindows(chain.url, clock, WINDOW_MS, loading);
  const result = await loading;
  const reads = await probing.stop();
  clock.stop();
  return { load: result, reads, trace };
}

/** What wallets and front ends ask all day: a token's balance, the coin's, one account's events of the latest block. */
function questions(): Question[] {
  const [{ address }] = cast.senders;
  const { to, data } = erc20BalanceOf(address);
  const sender = zeroPadValue(address, 32);
  const transfers = [id('Transfer(address,address,uint256)'), sender];
  return [
    { method: 'eth_call', params: [{ to, data }, 'latest'] },
    { method: 'eth_getBalance', params: [address, 'latest'] },
    {
      method: 'eth_getLogs',
      params: [{ fromBlock: 'latest', toBlock: 'latest', address: to, topics: transfers }],
    },
  ];
}

function erc20BalanceOf(account: string): { readonly to: string; readonly data: string } {
  const { to } = erc20Transfers.prepare(cast).call(0, 0);
  const selector = id('balanceOf(address)').slice(0, 10);
  return { to: to!, data: `${selector}${zeroPadValue(account, 32).slice(2)}` };
}
