import type { ChainsApi } from '../rest/chains.js';
import { SdkError, SdkErrorCode } from '../rest/errors.js';
import type { ChainPhase, Fleet } from '../rest/types.js';
import { DevSender, devWallets } from './dev-sender.js';
import { InclusionWatch } from './inclusion-watch.js';
import { rpcEndpoint } from './rpc-endpoint.js';
import { type LoadOptions, type LoadReport, runLoad } from './run-load.js';

/** So many accounts of the mnemonic are funded. */
const MAX_CONNECTIONS = 10;
/** Nobody's request brings a chain back from these. */
const SILENT: ReadonlySet<ChainPhase> = new Set(['Paused', 'Failed', 'Archived']);

export interface BenchOptions extends LoadOptions {
  /** Senders, each with one request in flight: 1 to 10. */
  readonly connections: number;
}

interface BenchClient {
  readonly chains: ChainsApi;
  fleet(): Promise<Fleet>;
}

/** @internal */
export async function benchChain(
  client: BenchClient,
  name: string,
  options: BenchOptions,
): Promise<LoadReport> {
  const { profile } = await client.fleet();
  if (profile !== 'dev') throw noDevAccounts('this fleet runs in the production profile');
  const chain = await client.chains.get(name);
  const { chainId, status } = chain;
  if (status.rpcUrl === null || chainId === null) {
    throw new SdkError(SdkErrorCode.ChainNotServing, `${name} has no RPC URL (${status.phase})`);
  }
  if (SILENT.has(status.phase)) {
    throw new SdkError(SdkErrorCode.ChainNotServing, `${name} is ${status.phase}`);
  }
  const call = rpcEndpoint(status.rpcUrl, client.chains.rpcAuthorization(chain));
  const wallets = devWallets(Math.min(options.connections, MAX_CONNECTIONS));
  const balance = await call<string>('eth_getBalance', wallets[0].address, 'latest');
  if (BigInt(balance) === 0n) throw noDevAccounts(`${name} has not funded them`);
  const now = () => performance.now();
  const firstBlock = 1 + Number(await call<string>('eth_blockNumber'));
  return runLoad(options, {
    senders: wallets.map((wallet) => new DevSender(wallet, chainId, call)),
    watch: new InclusionWatch(call, now, firstBlock),
    timer: { now, sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
  });
}

const noDevAccounts = (why: string) =>
  new SdkError(SdkErrorCode.NoDevAccounts, `the development accounts can't send here: ${why}`);
