import { ChainStalled } from '../client/chain-stalled.js';
import { BlockWatch } from './block-watch.js';

/** A chain that has sealed one block more each time it is asked for its height, until there are no more. */
function chainOf(counts: readonly number[]) {
  let head = 0;
  return {
    async call<Result>(method: string, ...params: readonly unknown[]): Promise<Result> {
      if (method === 'eth_blockNumber') head = Math.min(head + 1, counts.length);
      const answer = method === 'eth_blockNumber' ? head : counts[Number(params[0]) - 1];
      return `0x${answer.toString(16)}` as Result;
    },
  };
}

describe('watching blocks', () => {
  it('counts until there is enough, and tells of every block once', async () => {
    const told: number[] = [];
    const watch = new BlockWatch(chainOf([3, 0, 4, 5]), {
      firstBlock: 1,
      stalledMs: 10_000,
      onBlock: (block) => told.push(block.number),
    });
    await watch.until((mined) => mined >= 7);
    expect(watch.blocks.map((block) => block.transactions)).toEqual([3, 0, 4]);
    expect(told).toEqual([1, 2, 3]);
  });

  it('calls a chain stalled that seals nothing but empty blocks', async () => {
    const watch = new BlockWatch(chainOf([3, ...Array<number>(1_000).fill(0)]), {
      firstBlock: 1,
      stalledMs: 120,
      onBlock: () => {},
    });
    await expect(watch.until((mined) => mined >= 4)).rejects.toBeInstanceOf(ChainStalled);
  });
});
