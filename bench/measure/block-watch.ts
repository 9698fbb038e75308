import { setTimeout as pause } from 'node:timers/promises';
import { ChainStalled } from '../client/chain-stalled.js';
import type { JsonRpc } from '../client/json-rpc.js';

export interface SeenBlock {
  readonly number: number;
  readonly transactions: number;
  /** `performance.now()` when it was first seen. */
  readonly seenAt: number;
}

const POLL_MS = 50;

export interface BlockWatchOptions {
  readonly firstBlock: number;
  /** Without a transaction mined for so long the chain has stalled. */
  readonly stalledMs: number;
  readonly onBlock: (block: SeenBlock) => void;
}

/** Watches a chain seal blocks, by requests that cost a node next to nothing. */
export class BlockWatch {
  readonly blocks: SeenBlock[] = [];

  constructor(
    private readonly rpc: Pick<JsonRpc, 'call'>,
    private readonly options: BlockWatchOptions,
  ) {}

  /**
   * Comes back when what the blocks hold is enough.
   * @throws ChainStalled when nothing has been mined for a while
   */
  async until(isEnough: (mined: number) => boolean): Promise<void> {
    const { firstBlock, stalledMs, onBlock } = this.options;
    let next = firstBlock;
    let mined = 0;
    let progressAt = performance.now();
    while (!isEnough(mined)) {
      const head = Number(await this.rpc.call('eth_blockNumber'));
      const seenAt = performance.now();
      for (; next <= head; next++) {
        const tag = `0x${next.toString(16)}`;
        const count = Number(await this.rpc.call('eth_getBlockTransactionCountByNumber', tag));
        const block = { number: next, transactions: count, seenAt };
        this.blocks.push(block);
        onBlock(block);
        mined += count;
        if (count > 0) progressAt = seenAt;
      }
      if (seenAt - progressAt > stalledMs) {
        throw new ChainStalled(`no transaction mined for ${stalledMs / 1_000} s`);
      }
      await pause(POLL_MS);
    }
  }
}
