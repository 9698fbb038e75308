import { setTimeout as pause } from 'node:timers/promises';
import type { JsonRpc } from '../client/json-rpc.js';

export interface SeenBlock {
  readonly number: number;
  readonly transactions: number;
  /** `performance.now()` when it was first seen. */
  readonly seenAt: number;
}

const POLL_MS = 50;
const STALLED_MS = 60_000;

/** Watches a chain seal blocks, by requests that cost a node next to nothing. */
export class BlockWatch {
  readonly blocks: SeenBlock[] = [];
  #mined = 0;

  constructor(
    private readonly rpc: JsonRpc,
    private readonly firstBlock: number,
  ) {}

  /** Comes back when the blocks hold so many transactions, or when nothing has been mined for a minute. */
  async until(transactions: number): Promise<void> {
    let next = this.firstBlock;
    let progressAt = performance.now();
    while (this.#mined < transactions && performance.now() - progressAt < STALLED_MS) {
      const head = Number(await this.rpc.call('eth_blockNumber'));
      const seenAt = performance.now();
      for (; next <= head; next++) {
        const tag = `0x${next.toString(16)}`;
        const count = Number(await this.rpc.call('eth_getBlockTransactionCountByNumber', tag));
        this.blocks.push({ number: next, transactions: count, seenAt });
        this.#mined += count;
        if (count > 0) progressAt = seenAt;
      }
      await pause(POLL_MS);
    }
  }
}
