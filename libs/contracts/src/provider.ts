import { FetchRequest, JsonRpcProvider, Network } from 'ethers';
import { onRoot } from './decode-error.js';
import { RootError, RootErrorCode } from './errors.js';

export interface ProviderOptions {
  readonly rpcUrl: string;
  /** Known beforehand, connecting needs no answer of the endpoint; the first use shows it. */
  readonly chainId?: number;
  /** Of one request, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
}

function request({ rpcUrl, timeoutMs = 10_000 }: ProviderOptions): FetchRequest {
  const fetchRequest = new FetchRequest(rpcUrl);
  fetchRequest.timeout = timeoutMs;
  return fetchRequest;
}

// Asked without a provider: an ethers provider retries its own detection for ever, and logs it.
async function detectChainId(options: ProviderOptions): Promise<number> {
  const fetchRequest = request(options);
  fetchRequest.body = { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] };
  const response = await fetchRequest.send();
  response.assertOk();
  const { result } = response.bodyJson as { result?: unknown };
  const chainId = Number(result);
  if (typeof result !== 'string' || !Number.isSafeInteger(chainId)) {
    throw new RootError(RootErrorCode.RpcError, `${options.rpcUrl} does not answer eth_chainId`);
  }
  return chainId;
}

/**
 * An ethers provider that sends every request on its own, at once, and never sits on an answer.
 * @throws RootError `ROOT_UNREACHABLE`, `ROOT_RPC_ERROR`
 */
export async function connectProvider(options: ProviderOptions): Promise<JsonRpcProvider> {
  const chainId = options.chainId ?? (await onRoot(() => detectChainId(options)));
  const network = Network.from(chainId);
  return new JsonRpcProvider(request(options), network, {
    staticNetwork: network,
    batchMaxCount: 1,
    cacheTimeout: -1,
  });
}
