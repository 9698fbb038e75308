import { pathOf } from './chains.js';
import type { ApiTransport } from './transport.js';
import type { CheckpointRecord, SignedCheckpoint } from './types.js';

export interface ListCheckpointsOptions {
  readonly limit?: number;
  /** Only checkpoints with a lower index. */
  readonly before?: number;
}

export interface BundleOptions {
  /** Prove this account's state. */
  readonly account?: string;
  /** Prove this storage slot of it too: a number or 0x-hex. */
  readonly slot?: string | bigint | number;
}

/** What was committed to the root, chain by chain. Reached as `client.checkpoints`. */
export class CheckpointsApi {
  constructor(private readonly transport: ApiTransport) {}

  /**
   * Newest first.
   *
   * @example
   * const [newest] = await client.checkpoints.list('shop', { limit: 1 });
   * console.log(newest?.lastBlock, newest?.status);
   */
  async list(
    chain: string,
    options: ListCheckpointsOptions = {},
  ): Promise<readonly CheckpointRecord[]> {
    const { items } = await this.transport.request<{ items: CheckpointRecord[] }>(
      'GET',
      `${pathOf(chain)}/checkpoints`,
      { query: { ...options } },
    );
    return items;
  }

  /**
   * @throws FlotillaApiError `CHECKPOINT_NOT_FOUND`
   * @example
   * console.log((await client.checkpoints.get('shop', 0)).hash);
   */
  get(chain: string, index: number): Promise<CheckpointRecord> {
    return this.transport.request('GET', `${pathOf(chain)}/checkpoints/${index}`);
  }

  /**
   * Asks a chain that we run to anchor now instead of at its next turn. The checkpoint appears in
   * {@link list} when the chain has proposed it.
   *
   * @example
   * await client.checkpoints.anchor('shop');
   */
  async anchor(chain: string): Promise<void> {
    await this.transport.request('POST', `${pathOf(chain)}/checkpoints`, { body: {} });
  }

  /**
   * Hands in a checkpoint that its committee has signed, of a chain that runs elsewhere.
   * `client.anchorExternal` makes one and hands it in.
   *
   * @throws FlotillaApiError with the code of the rule that the checkpoint breaks
   * @example
   * await client.checkpoints.submit('abroad', { checkpoint, signatures });
   */
  submit(chain: string, signed: SignedCheckpoint): Promise<CheckpointRecord> {
    return this.transport.request('POST', `${pathOf(chain)}/checkpoints`, { body: signed });
  }

  /**
   * The proof bundle, as the text to save: its encoding is canonical, and `verifyBundle` accepts
   * exactly these bytes.
   *
   * @example
   * const bundle = await client.checkpoints.bundle('shop', 0, { account });
   * const facts = verifyBundle(bundle, { hash: rootHashThatYouTrust });
   */
  async bundle(chain: string, index: number, options: BundleOptions = {}): Promise<string> {
    const response = await this.transport.open(
      'GET',
      `${pathOf(chain)}/checkpoints/${index}/bundle`,
      {
        query: {
          account: options.account,
          slot: options.slot === undefined ? undefined : String(options.slot),
        },
      },
      'application/json',
    );
    return response.text();
  }
}
