import { type ChainConfig, ChainError, ChainErrorCode, SharedChainView } from '@flotilla/chain';
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
    if (this.#signal.version !== this.#version) this.#catchUp();
  }

  #catchUp(): void {
    const version = this.#signal.version;
    this.#store.refresh();
    const rewrites = this.#signal.rewrites;
    if (rewrites !== this.#rewrites) this.view.forget();
    this.view.refresh();
    this.#version = version;
    this.#rewrites = rewrites;
  }

  /** The same methods, each seeing the newest block. */
  following(methods: readonly RpcMethod[]): RpcMethod[] {
    return methods.map(({ blockGas, ...method }) => ({
      ...method,
      ...(blockGas && {
        blockGas: (params) => {
          this.follow();
          return blockGas(params);
        },
      }),
      handle: (params, context) => {
        this.follow();
        try {
          return method.handle(params, context);
        } catch (error) {
          if (!isTakenBack(error)) throw error;
          // The writer has committed, and not signalled yet: the store is ahead of what is known of it here.
          this.view.forget();
          this.#catchUp();
          return method.handle(params, context);
        }
      },
    }));
  }

  async close(): Promise<void> {
    await this.#store.close();
  }
}

/** What a block looks like that is taken back while it is read; or, if it is still so afterwards, a damaged store. */
function isTakenBack(error: unknown): boolean {
  return error instanceof ChainError && error.code === ChainErrorCode.CorruptChain;
}
