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
const STALLED_MS = 20_000;

/** Watches a chain seal blocks, by requests that cost a node next to nothing. */
export class BlockWatch {
  readonly blocks: SeenBlock[] = [];

  constructor(
    private readonly rpc: Pick<JsonRpc, 'call'>,
    private readonly firstBlock: number,
    private readonly onBlock: (block: SeenBlock) => void = () => {},
    private readonly stalledMs = STALLED_MS,
  ) {}

  /**
   * Comes back when what the blocks hold is enough.
   * @throws ChainStalled when nothing has been mined for a while
   */
  async until(isEnough: (mined: number) => boolean): Promise<void> {
    let next = this.firstBlock;
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
        this.onBlock(block);
        mined += count;
        if (count > 0) progressAt = seenAt;
      }
      if (seenAt - progressAt > this.stalledMs) {
        throw new ChainStalled(`no transaction mined for ${this.stalledMs / 1_000} s`);
      }
      await pause(POLL_MS);
    }
  }
}
