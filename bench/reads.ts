import { id, zeroPadValue } from 'ethers';
import { JsonRpc } from './client/json-rpc.js';
import { createCast, SENDERS } from './load/accounts.js';
import { signedLoad } from './load/signed-load.js';
import { type Pace, WHOLE_LOAD } from './measure/pace.js';
import { ReadProbing } from './measure/read-probing.js';
import type { Question } from './measure/read-question.js';
import { CONNECTIONS, measureLoad } from './measure/round.js';
import { setUp } from './measure/setup.js';
import { intervalsWithin, traceInWindows } from './measure/trace-windows.js';
import { closeStack, startFlotillaChain } from './peers/flotilla.js';
import { concludeBench } from './report/conclude.js';
import { describeMachine } from './report/machine.js';
import { type ReadsRun, readsVerdicts } from './report/reads-verdicts.js';
import { erc20Transfers } from './workloads/erc20.js';

const CHAIN_ID = 7_700_001;
const WINDOW_MS = 6_000;
/** As `throughput` sends: what piles up unmined is no part of the question. */
const PACE: Pace = { ...WHOLE_LOAD, inFlight: 16_000, warmUpSeconds: 4 };
const cast = createCast(SENDERS);

/** Reads while a chain seals ERC-20 transfers as fast as they come; then the same with a trace running. */
export async function runReads(transactions: number): Promise<boolean> {
  try {
    const run = await measureReads(transactions);
    return concludeBench('reads', { machine: describeMachine(), ...run }, readsVerdicts(run));
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

  const probing = await ReadProbing.start({ url: chain.url.href, questions: questions() });
  const moments = { onWarm: () => {}, onSent: () => {} };
  const warm = new Promise<void>((resolve) => (moments.onWarm = resolve));
  const sent = new Promise<void>((resolve) => (moments.onSent = resolve));
  const loading = measureLoad(chain, load, PACE, moments);
  await Promise.race([warm, loading]);
  const over = Promise.race([sent, loading]);
  const { quiet, tracing, ...trace } = await traceInWindows(chain.url, WINDOW_MS, over);
  const result = await loading;
  const { span } = result;
  const { blocks, ...reads } = await probing.stop(span);
  return {
    load: result,
    ...reads,
    trace: {
      ...trace,
      quietIntervals: intervalsWithin(quiet, span, blocks),
      tracingIntervals: intervalsWithin(tracing, span, blocks),
    },
  };
}

/** What wallets and front ends ask all day: a token's balance, the coin's, an account's events. */
export function questions(): Question[] {
  const [{ address }] = cast.senders;
  const { to, data } = erc20BalanceOf(address);
  const transfersOf = (sender: string) => ({
    address: to,
    topics: [id('Transfer(address,address,uint256)'), zeroPadValue(sender, 32)],
  });
  const logs = (title: string, sender: string, blocks: number, perSecond: number): Question => ({
    title: `eth_getLogs of ${title}`,
    method: 'eth_getLogs',
    params: [transfersOf(sender)],
    blocks,
    perSecond,
  });
  return [
    { title: 'eth_call', method: 'eth_call', params: [{ to, data }, 'latest'], perSecond: 25 },
    {
      title: 'eth_getBalance',
      method: 'eth_getBalance',
      params: [address, 'latest'],
      perSecond: 25,
    },
    logs('the last block', address, 1, 25),
    logs('the last 10 blocks', address, 10, 2),
    logs('a quiet account in the last 100 blocks', cast.deployer.address, 100, 0.5),
  ];
}

function erc20BalanceOf(account: string): { readonly to: string; readonly data: string } {
  const { to } = erc20Transfers.prepare(cast).call(0, 0);
  const selector = id('balanceOf(address)').slice(0, 10);
  return { to: to!, data: `${selector}${zeroPadValue(account, 32).slice(2)}` };
}
