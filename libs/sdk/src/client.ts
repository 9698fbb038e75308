import type { AnchorExternalOptions } from './external.js';
import type { BenchOptions } from './load/bench-chain.js';
import type { LoadReport } from './load/run-load.js';
import { ChainsApi } from './rest/chains.js';
import { CheckpointsApi } from './rest/checkpoints.js';
import { KeysApi } from './rest/keys.js';
import { ApiTransport, type TransportOptions } from './rest/transport.js';
import type { AuditRecord, CheckpointRecord, Fleet, Health } from './rest/types.js';

/**
 * Everything that Flotilla's API offers, for Node and for browsers.
 *
 * @example
 * const client = new FlotillaClient({ apiUrl: 'http://127.0.0.1:7070', apiKey });
 * const chain = await client.chains.create('shop', {}, { wait: true });
 */
export class FlotillaClient {
  readonly chains: ChainsApi;
  readonly checkpoints: CheckpointsApi;
  readonly keys: KeysApi;
  readonly #transport: ApiTransport;

  constructor(options: TransportOptions) {
    this.#transport = new ApiTransport(options);
    this.chains = new ChainsApi(this.#transport);
    this.checkpoints = new CheckpointsApi(this.#transport);
    this.keys = new KeysApi(this.#transport);
  }

  /**
   * The root, the gateway and how many chains are in which phase.
   *
   * @example
   * const { root } = await client.fleet();
   * console.log(root.chainId, root.finality);
   */
  fleet(): Promise<Fleet> {
    return this.#transport.request('GET', '/fleet');
  }

  /**
   * What works and what doesn't; needs no key. A degraded fleet is an answer, not an error.
   *
   * @example
   * console.log((await client.health()).status);
   */
  async health(): Promise<Health> {
    return this.#transport.request('GET', '/health', { acceptStatus: [503] });
  }

  /**
   * Who asked for what, newest first; for admins.
   *
   * @example
   * for (const entry of await client.audit({ limit: 20 })) console.log(entry.at, entry.path, entry.status);
   */
  async audit(
    options: { readonly limit?: number; readonly before?: string } = {},
  ): Promise<readonly AuditRecord[]> {
    const { items } = await this.#transport.request<{ items: AuditRecord[] }>('GET', '/audit', {
      query: { ...options },
    });
    return items;
  }

  /**
   * Anchors a chain that runs elsewhere: registers it with its committee if it is new, builds the
   * next checkpoint from its RPC, signs it, and hands it to the root through the API.
   *
   * @returns the newest checkpoint; the same again when the chain has no new block
   * @throws SdkError `EXTERNAL_CHAIN_MISMATCH` when the name belongs to another chain
   * @example
   * const record = await client.anchorExternal({
   *   name: 'abroad',
   *   provider: new JsonRpcProvider('https://rpc.example'),
   *   committeeKeys: [privateKey],
   * });
   */
  async anchorExternal(options: AnchorExternalOptions): Promise<CheckpointRecord> {
    // With signing and ethers behind it, this is most of the SDK: loaded by those who use it.
    const { anchorExternal } = await import('./external.js');
    return anchorExternal(this, options);
  }

  /**
   * A short load on a chain of the development profile: its funded accounts send to themselves, and all is waited for.
   *
   * @throws SdkError `NO_DEV_ACCOUNTS`, `CHAIN_NOT_SERVING`
   * @example
   * const { minedPerSecond } = await client.bench('shop', { seconds: 10, connections: 8 });
   */
  async bench(name: string, options: BenchOptions): Promise<LoadReport> {
    const { benchChain } = await import('./load/bench-chain.js');
    return benchChain(this, name, options);
  }
}
