import type { Clock, Logger } from '@flotilla/common';
import type { RootReader } from '@flotilla/contracts';
import type { NodeConfig } from '../config/node-config.schema.js';
import { errorFields } from '../errors.js';
import { Repeater } from '../link/repeater.js';
import type { AnchorReport } from './checkpoint-proposer.js';

export interface AnchorPollerOptions {
  readonly chainId: number;
  readonly root: NonNullable<NodeConfig['root']>;
  readonly intervalMs: number;
}

export interface AnchorPollerModules {
  /** Whether asking the root is worth it now: nobody else tells us, and there is something to learn. */
  readonly needed: () => boolean;
  readonly report: (anchor: AnchorReport) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Asks the root itself about this chain's anchors, slowly, for as long as NATS brings no news. */
export class AnchorPoller {
  readonly #repeater: Repeater;
  #reader: RootReader | undefined;

  constructor(
    private readonly options: AnchorPollerOptions,
    private readonly modules: AnchorPollerModules,
  ) {
    this.#repeater = new Repeater(
      {
        intervalMs: options.intervalMs,
        run: () => this.#poll(),
        onError: (error) => modules.logger.warn('root not polled', errorFields(error)),
      },
      { clock: modules.clock },
    );
  }

  start(): void {
    this.#repeater.start();
  }

  stop(): void {
    // Not awaited: the root may take its time, and nothing depends on the answer.
    void this.#repeater.stop();
    this.#reader?.provider.destroy();
  }

  async #poll(): Promise<void> {
    if (!this.modules.needed()) return;
    const { chainId } = this.options;
    const reader = await this.#connect();
    const newest = await reader.latestCheckpoint(chainId);
    if (newest === undefined) return;
    const final = await reader.finalCheckpoint(chainId);
    if (final !== undefined && final.index < newest.index) {
      await this.#report(reader, final.index, true);
    }
    await this.#report(reader, newest.index, final?.index === newest.index);
  }

  async #report(reader: RootReader, index: number, final: boolean): Promise<void> {
    const { checkpoint, hash } = await reader.anchor(this.options.chainId, index);
    const { lastBlock, blockHash } = checkpoint;
    await this.modules.report({ index, hash, lastBlock, blockHash, final });
  }

  async #connect(): Promise<RootReader> {
    if (this.#reader !== undefined) return this.#reader;
    // Loaded only here: it brings ethers with it, which a healthy node never needs.
    const {
      connectProvider,
      parseFinality,
      RootReader: Reader,
    } = await import('@flotilla/contracts');
    const { root } = this.options;
    const provider = await connectProvider({ rpcUrl: root.rpcUrl, chainId: root.chainId });
    this.#reader = new Reader({ ...root, finality: parseFinality(root.finality) }, provider);
    return this.#reader;
  }
}
