import type { Chain, FleetEvent, FlotillaClient } from '@flotilla/sdk';
import { FlotillaApiError } from '@flotilla/sdk';

/** How many live samples a sparkline shows: one a second. */
const SAMPLES = 60;

export interface FleetState {
  readonly chains: ReadonlyMap<string, Chain>;
  /** Transactions per second, oldest first. */
  readonly tps: ReadonlyMap<string, readonly number[]>;
  /** False until the first list is in. */
  readonly loaded: boolean;
  /** The event stream is up: figures are live. */
  readonly connected: boolean;
  readonly error: Error | undefined;
}

const EMPTY: FleetState = {
  chains: new Map(),
  tps: new Map(),
  loaded: false,
  connected: false,
  error: undefined,
};

type EventListener = (event: FleetEvent) => void;

/** The whole fleet, kept up to date by one event stream that every page shares. */
export class FleetStore {
  #state = EMPTY;
  #stop: AbortController | undefined;
  #frame: number | undefined;
  readonly #onChange = new Set<() => void>();
  readonly #onEvent = new Set<EventListener>();

  constructor(
    private readonly client: FlotillaClient,
    /** The key is no longer good. */
    private readonly onRejected: () => void,
  ) {}

  readonly getState = (): FleetState => this.#state;

  readonly subscribe = (onChange: () => void): (() => void) => {
    this.#onChange.add(onChange);
    return () => this.#onChange.delete(onChange);
  };

  onEvent(listener: EventListener): () => void {
    this.#onEvent.add(listener);
    return () => this.#onEvent.delete(listener);
  }

  start(): void {
    if (this.#stop !== undefined) return;
    const stop = new AbortController();
    this.#stop = stop;
    void this.#watch(stop.signal);
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  readonly reload = async (): Promise<void> => {
    try {
      const chains = new Map<string, Chain>();
      for await (const chain of this.client.chains.all()) {
        chains.set(chain.name, newer(chain, this.#state.chains.get(chain.name)));
      }
      this.#set({ chains, loaded: true, error: undefined });
    } catch (error) {
      this.#fail(error);
    }
  };

  /** Chains that have ended: asked for when somebody wants to see them. */
  readonly loadArchived = async (): Promise<void> => {
    try {
      const chains = new Map(this.#state.chains);
      for await (const chain of this.client.chains.all({ phase: 'Archived' })) {
        if (!chains.has(chain.name)) chains.set(chain.name, chain);
      }
      this.#set({ chains });
    } catch (error) {
      this.#fail(error);
    }
  };

  /** Takes in what a page has just been answered, unless something newer is known. */
  put(chain: Chain): void {
    const { chains } = this.#state;
    this.#set({ chains: new Map(chains).set(chain.name, newer(chain, chains.get(chain.name))) });
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const onConnection = (connected: boolean) => {
      if (signal.aborted) return;
      this.#set({ connected });
      // What happened while nobody listened, live figures included, is in the list.
      if (connected) void this.reload();
    };
    try {
      await this.reload();
      for await (const event of this.client.chains.watch({ signal, onConnection })) {
        this.#take(event);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(event: FleetEvent): void {
    if (event.type === 'chain.head') {
      const chain = this.#state.chains.get(event.chain);
      if (chain !== undefined) {
        const samples = [...(this.#state.tps.get(event.chain) ?? []), event.data.live?.tps ?? 0];
        this.#set({
          chains: new Map(this.#state.chains).set(event.chain, {
            ...chain,
            status: { ...chain.status, ...event.data },
          }),
          tps: new Map(this.#state.tps).set(event.chain, samples.slice(-SAMPLES)),
        });
      }
    } else {
      void this.#refresh(event.chain);
    }
    for (const listener of this.#onEvent) listener(event);
  }

  async #refresh(name: string): Promise<void> {
    try {
      this.put(await this.client.chains.get(name));
    } catch (error) {
      if (!(error instanceof FlotillaApiError) || error.status !== 404) {
        this.#fail(error);
        return;
      }
      const chains = new Map(this.#state.chains);
      chains.delete(name);
      this.#set({ chains });
    }
  }

  #fail(error: unknown): void {
    if (error instanceof FlotillaApiError && error.status === 401) this.onRejected();
    else this.#set({ error: error instanceof Error ? error : new Error(String(error)) });
  }

  #set(change: Partial<FleetState>): void {
    this.#state = { ...this.#state, ...change };
    // A busy fleet sends more events than a screen has frames.
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      for (const onChange of this.#onChange) onChange();
    });
  }
}

/** Answers overtake each other: the one that was asked for last need not arrive last. */
function newer(answer: Chain, known: Chain | undefined): Chain {
  const isOvertaken = known?.createdAt === answer.createdAt && known.version > answer.version;
  return isOvertaken ? known : answer;
}
