import { type Clock, silentLogger } from '@flotilla/common';
import { signTransaction, testAccount } from '@flotilla/testing';
import { ChainErrorCode } from '../errors.js';
import { decodeTransaction } from '../transaction/decode.js';
import { withSender } from '../transaction/sender.js';
import type { Transaction } from '../transaction/types.js';
import { Candidates } from '../txpool/candidates.js';
import { SenderQueue } from '../txpool/sender-queue.js';
import type { BlockExecution } from './block-execution.js';
import { BlockBuilder } from './build-block.js';

const limits = { budgetMs: 100, sliceMs: 20, bytes: 1_000_000 };

async function transactions(count: number): Promise<Transaction[]> {
  const signed = Array.from({ length: count }, (_, i) => signTransaction(testAccount(i), {}));
  return (await Promise.all(signed)).map((raw) => withSender(decodeTransaction(raw), 1337n));
}

/** A builder over transactions that each take `msEach`, of which `broken` breaks the executor. */
function builder(
  all: readonly Transaction[],
  options: { msEach?: number; broken?: Transaction; bytes?: number },
) {
  let now = 0;
  let turns = 0;
  const clock: Clock = {
    now: () => now,
    after(_delayMs, run) {
      turns++;
      const turn = setImmediate(run);
      return () => clearImmediate(turn);
    },
  };
  const pool = new Set(all);
  const dropped: unknown[] = [];
  let begun = 0;
  const build = new BlockBuilder(
    { ...limits, ...(options.bytes === undefined ? {} : { bytes: options.bytes }) },
    {
      clock,
      logger: silentLogger,
      begin() {
        begun++;
        const executed: Transaction[] = [];
        return {
          transactions: executed,
          template: { gasLimit: 30_000_000n },
          gasLeft: 30_000_000n,
          execute(tx: Transaction) {
            if (tx === options.broken) throw new TypeError('a bug');
            executed.push(tx);
            now += options.msEach ?? 0;
          },
        } as unknown as BlockExecution;
      },
      candidates() {
        const queues = [...pool].map((tx, arrival) => {
          const queue = new SenderQueue(0n);
          queue.put({ tx, arrival, cost: 0n });
          return queue;
        });
        return new Candidates(queues, 0n);
      },
      drop(tx, error) {
        pool.delete(tx);
        dropped.push(error.code);
      },
    },
  );
  return { build, dropped, begun: () => begun, turns: () => turns };
}

it('takes out a transaction that breaks the executor, and starts the block again', async () => {
  const all = await transactions(3);
  const { build, dropped, begun } = builder(all, { broken: all[1] });
  const block = await build.build();
  expect(block.transactions).toEqual([all[0], all[2]]);
  expect(dropped).toEqual([ChainErrorCode.ExecutionFailed]);
  expect(begun()).toBe(2);
});

it('gives the event loop a turn after each slice, and stops when the budget is used', async () => {
  const all = await transactions(30);
  const { build, turns } = builder(all, { msEach: 10 });
  expect((await build.build()).transactions).toHaveLength(10);
  expect(turns()).toBe(4);
});

it('stops at the limit of bytes', async () => {
  const all = await transactions(5);
  const { build } = builder(all, { bytes: 1024 + 2 * (all[0].raw.length + 4) + 10 });
  expect((await build.build()).transactions).toHaveLength(2);
});
