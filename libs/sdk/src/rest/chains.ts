import type { JsonRpcProvider } from 'ethers';
import { SdkError, SdkErrorCode } from './errors.js';
import type { ApiTransport } from './transport.js';
import type {
  BlockSummary,
  Chain,
  ChainPhase,
  ChainSpecInput,
  EventRecord,
  FleetEvent,
  ListChainsOptions,
  Page,
  SpecChange,
  TransactionSummary,
} from './types.js';
import { type WatchOptions, watchEvents } from './watch.js';

export interface CreateOptions {
  /** Answer when the chain serves RPC instead of at once. */
  readonly wait?: boolean;
  /** How long to wait for that, in milliseconds. Default 60,000. */
  readonly timeoutMs?: number;
  /** Whose chain it is; only an admin key may name somebody else. */
  readonly tenant?: string;
}

export interface WaitOptions {
  /** Milliseconds; default 60,000. */
  readonly timeoutMs?: number;
  /** Called with every new phase on the way. */
  readonly onPhase?: (phase: ChainPhase, chain: Chain) => void;
}

const DEFAULT_WAIT_MS = 60_000;
const POLL_MS = 100;
const DEAD_ENDS: readonly ChainPhase[] = ['Failed', 'Archived'];
/** What a change leaves a chain in: one that sleeps or is paused takes it along when it comes back. */
const AT_REST: readonly ChainPhase[] = ['Running', 'Sleeping', 'Paused'];

/** The chains that a key may see. Reached as `client.chains`. */
export class ChainsApi {
  constructor(private readonly transport: ApiTransport) {}

  /**
   * Creates a chain. Asking again with the same name and spec gives the same chain.
   *
   * @throws FlotillaApiError `NAME_TAKEN`, `INVALID_SPEC` and others of the API's reference
   * @throws SdkError `WAIT_TIMED_OUT` or `CHAIN_FAILED`, with `wait` only
   * @example
   * const chain = await client.chains.create('shop', { sealing: { mode: 'lazy' } }, { wait: true });
   * console.log(chain.status.rpcUrl, chain.chainId);
   */
  async create(
    name: string,
    spec: ChainSpecInput = {},
    options: CreateOptions = {},
  ): Promise<Chain> {
    const chain = await this.transport.request<Chain>('POST', '/chains', {
      body: { name, spec, tenant: options.tenant },
    });
    if (!options.wait || chain.spec.runtime === 'external') return chain;
    return this.waitFor(name, 'Running', options);
  }

  /**
   * Waits until a chain is in a phase.
   *
   * @throws SdkError `WAIT_TIMED_OUT` (the chain goes on), or `CHAIN_FAILED` when it ended elsewhere
   * @example
   * await client.chains.pause('shop');
   * await client.chains.waitFor('shop', 'Paused');
   */
  waitFor(name: string, phase: ChainPhase, options: WaitOptions = {}): Promise<Chain> {
    return this.#waitForAny([phase], name, options);
  }

  async #waitForAny(
    phases: readonly ChainPhase[],
    name: string,
    options: WaitOptions,
  ): Promise<Chain> {
    const timeoutMs = options.timeoutMs ?? DEFAULT_WAIT_MS;
    const deadline = Date.now() + timeoutMs;
    let last: ChainPhase | undefined;
    for (;;) {
      const chain = await this.get(name);
      const now = chain.status.phase;
      if (now !== last) options.onPhase?.(now, chain);
      last = now;
      // A phase of an older generation says nothing about what was asked last.
      const settled = chain.observedGeneration >= chain.generation;
      if (settled && phases.includes(now)) return chain;
      if (settled && DEAD_ENDS.includes(now)) {
        const { failure } = chain.status;
        throw new SdkError(
          SdkErrorCode.ChainFailed,
          failure === null
            ? `${name} is ${now}`
            : `${name} is ${now}: ${failure.message} (${failure.code})`,
          { data: failure },
        );
      }
      if (Date.now() >= deadline) {
        throw new SdkError(
          SdkErrorCode.WaitTimedOut,
          `${name} is still ${now}, not ${phases.join(' or ')}, after ${timeoutMs} ms`,
          { retryable: true },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /**
   * One page of chains; {@link all} goes through every page.
   *
   * @example
   * const { items } = await client.chains.list({ phase: 'Running', limit: 20 });
   */
  list(options: ListChainsOptions = {}): Promise<Page<Chain>> {
    return this.transport.request('GET', '/chains', { query: { ...options } });
  }

  /**
   * Every chain, page by page.
   *
   * @example
   * for await (const chain of client.chains.all()) console.log(chain.name, chain.status.phase);
   */
  async *all(options: Omit<ListChainsOptions, 'cursor'> = {}): AsyncGenerator<Chain, void, void> {
    let cursor: string | undefined;
    do {
      const page = await this.list({ ...options, cursor });
      yield* page.items;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  /**
   * @throws FlotillaApiError `CHAIN_NOT_FOUND`, for another tenant's chain too
   * @example
   * const { status } = await client.chains.get('shop');
   * console.log(status.head?.number, status.safe?.number);
   */
  get(name: string): Promise<Chain> {
    return this.transport.request('GET', pathOf(name));
  }

  /**
   * Changes what may change after creation; every other field is refused, and null takes a field away. Fees, gas limit,
   * token and allowlists come into force on the running chain, from the block that `status.settings` names. With `wait`
   * it answers when the chain has taken the change, and one that sleeps or is paused when it has noted it.
   *
   * @throws FlotillaApiError `SPEC_FIELD_IMMUTABLE`, `INVALID_SPEC`
   * @throws SdkError `WAIT_TIMED_OUT` or `CHAIN_FAILED`, with `wait` only
   * @example
   * await client.chains.update('shop', { fees: { mode: 'fixed', gasPrice: '1000000000' } }, { wait: true });
   */
  async update(
    name: string,
    spec: SpecChange,
    options: WaitOptions & { readonly wait?: boolean } = {},
  ): Promise<Chain> {
    const chain = await this.transport.request<Chain>('PATCH', pathOf(name), { body: { spec } });
    return options.wait ? this.#waitForAny(AT_REST, name, options) : chain;
  }

  /**
   * Stops the chain's process; its data and its URL stay.
   *
   * @example
   * await client.chains.pause('shop');
   */
  pause(name: string): Promise<Chain> {
    return this.transport.request('POST', `${pathOf(name)}/pause`);
  }

  /**
   * Starts a paused chain; gives a failed one another try.
   *
   * @example
   * await client.chains.resume('shop');
   */
  resume(name: string): Promise<Chain> {
    return this.transport.request('POST', `${pathOf(name)}/resume`);
  }

  /**
   * Replaces the chain's processes by ones with the code that is installed now; requests wait meanwhile.
   *
   * @example
   * await client.chains.restart('shop');
   */
  restart(name: string): Promise<Chain> {
    return this.transport.request('POST', `${pathOf(name)}/restart`);
  }

  /**
   * Ends the chain's process until somebody needs it: the first request wakes it, and is held meanwhile.
   *
   * @throws FlotillaApiError `WRONG_PHASE` unless it runs, or sleeps already
   * @example
   * await client.chains.sleep('shop');
   */
  sleep(name: string): Promise<Chain> {
    return this.transport.request('POST', `${pathOf(name)}/sleep`);
  }

  /**
   * Wakes a sleeping chain before anybody asks it anything; harmless for one that runs.
   *
   * @throws FlotillaApiError `WRONG_PHASE` for one that is paused, failed or archived
   * @example
   * await client.chains.wake('shop');
   */
  wake(name: string): Promise<Chain> {
    return this.transport.request('POST', `${pathOf(name)}/wake`);
  }

  /**
   * Drains the chain and archives it for good. Its data is kept, its chain id is never used
   * again; its name is free once it is `Archived`.
   *
   * @example
   * await client.chains.delete('shop');
   */
  delete(name: string): Promise<Chain> {
    return this.transport.request('DELETE', pathOf(name));
  }

  /**
   * Newest blocks first.
   *
   * @param limit 1 to 100, default 20
   * @example
   * for (const block of await client.chains.blocks('shop', 5)) console.log(block.number, block.gasUsed);
   */
  async blocks(name: string, limit?: number): Promise<readonly BlockSummary[]> {
    return (await this.#items<BlockSummary>(name, 'blocks', { limit })).items;
  }

  /**
   * Newest transactions first.
   *
   * @param limit 1 to 100, default 20
   * @example
   * const [newest] = await client.chains.transactions('shop', 1);
   */
  async transactions(name: string, limit?: number): Promise<readonly TransactionSummary[]> {
    return (await this.#items<TransactionSummary>(name, 'transactions', { limit })).items;
  }

  /**
   * The tail of the node's log, oldest line first.
   *
   * @param lines 1 to 1,000, default 200
   * @example
   * console.log((await client.chains.logs('shop', 50)).join('\n'));
   */
  async logs(name: string, lines?: number): Promise<readonly string[]> {
    const answer = await this.transport.request<{ lines: string[] }>(
      'GET',
      `${pathOf(name)}/logs`,
      {
        query: { lines },
      },
    );
    return answer.lines;
  }

  /**
   * What happened to the chain, newest first.
   *
   * @example
   * for (const event of await client.chains.events('shop')) console.log(event.at, event.type);
   */
  async events(
    name: string,
    options: { readonly limit?: number; readonly before?: string } = {},
  ): Promise<readonly EventRecord[]> {
    return (await this.#items<EventRecord>(name, 'events', { ...options })).items;
  }

  /**
   * Follows the fleet, or one chain, and goes on through lost connections without missing or
   * doubling an event. `chain.head` carries live figures and is not repeated after a reconnect.
   *
   * @example
   * for await (const event of client.chains.watch({ chain: 'shop' })) {
   *   if (event.type === 'chain.head') console.log(event.data.head?.number);
   * }
   */
  watch(options: WatchOptions = {}): AsyncGenerator<FleetEvent, void, void> {
    return watchEvents(this.transport, options);
  }

  /**
   * An ethers provider for the chain, bound to its chain id, with this client's key where the chain wants one. Call `destroy()` on it when done.
   *
   * @throws SdkError `CHAIN_NOT_SERVING` for a chain that has no RPC URL here
   * @example
   * const provider = await client.chains.provider('shop');
   * console.log(await provider.getBlockNumber());
   * provider.destroy();
   */
  async provider(name: string): Promise<JsonRpcProvider> {
    const chain = await this.get(name);
    const { chainId, status } = chain;
    if (status.rpcUrl === null || chainId === null) {
      throw new SdkError(SdkErrorCode.ChainNotServing, `${name} has no RPC URL (${status.phase})`);
    }
    const { FetchRequest, JsonRpcProvider } = await import('ethers');
    const request = new FetchRequest(status.rpcUrl);
    const authorization = this.rpcAuthorization(chain);
    if (authorization !== undefined) request.setHeader('authorization', authorization);
    // Blocks may come faster than ethers' cache of 250 ms, which would then give one nonce out twice.
    return new JsonRpcProvider(request, chainId, { staticNetwork: true, cacheTimeout: -1 });
  }

  /** @internal This client's key, for a chain whose JSON-RPC wants one: nobody else is shown it. */
  rpcAuthorization({ spec }: Chain): string | undefined {
    return spec.access === 'keys' ? this.transport.authorization : undefined;
  }

  #items<Item>(
    name: string,
    what: string,
    query: Readonly<Record<string, string | number | undefined>>,
  ): Promise<{ items: readonly Item[] }> {
    return this.transport.request('GET', `${pathOf(name)}/${what}`, { query });
  }
}

/** @internal */
export function pathOf(name: string): string {
  return `/chains/${encodeURIComponent(name)}`;
}
