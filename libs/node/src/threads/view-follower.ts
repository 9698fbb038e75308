import { type ChainConfig, SharedChainView } from '@flotilla/chain';
import type { Clock, Logger } from '@flotilla/common';
import type { RpcMethod } from '@flotilla/rpc';
import { LmdbStore } from '@flotilla/store';
import { ChainSignal } from './chain-signal.js';

/** Where a thread that reads finds the chain. */
export interface ViewOptions {
  readonly chain: ChainConfig;
  /** The database's folder, which the writer has opened. */
  readonly storePath: string;
  /** Memory of the `ChainSignal`. */
  readonly signal: SharedArrayBuffer;
}

/** The chain in a thread beside the writer: read from the store itself, moved on whenever the writer has signalled. */
export class ViewFollower {
  readonly view: SharedChainView;
  readonly #store: LmdbStore;
  readonly #signal: ChainSignal;
  #version: number;
  #rewrites: number;

  constructor(options: ViewOptions, modules: { readonly clock: Clock; readonly logger: Logger }) {
    this.#signal = new ChainSignal(options.signal);
    this.#version = this.#signal.version;
    this.#rewrites = this.#signal.rewrites;
    this.#store = LmdbStore.open({ path: options.storePath, readOnly: true });
    this.view = SharedChainView.open(options.chain, { store: this.#store, ...modules });
  }

  /** What was durable when the call began is seen after it. */
  follow(): void {
    const version = this.#signal.version;
    if (version === this.#version) return;
    this.#store.refresh();
    const rewrites = this.#signal.rewrites;
    if (rewrites !== this.#rewrites) this.view.forget();
    this.view.refresh();
    this.#version = version;
    this.#rewrites = rewrites;
  }

  /** The same methods, each seeing the newest block. */
  following(methods: readonly RpcMethod[]): RpcMethod[] {
    return methods.map((method) => ({
      ...method,
      handle: (params, context) => {
        this.follow();
        return method.handle(params, context);
      },
    }));
  }

  async close(): Promise<void> {
    await this.#store.close();
  }
}
