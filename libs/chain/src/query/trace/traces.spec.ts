import type { Hex } from '@flotilla/common';
import { SimulatedClock, TestChain, testAccount } from '@flotilla/testing';
import { ChainErrorCode } from '../../errors.js';
import type { TraceRequest } from './types.js';

const alice = testAccount(0);
const bob = testAccount(1);
const counter = `0x${'c0'.repeat(20)}` as const;
const looper = `0x${'c1'.repeat(20)}` as const;
/** Adds one to slot 0 and logs nothing. */
const COUNTER: Hex = '0x5f546001015f555f5fa0';
const alloc = {
  [counter]: { balance: 0n, code: COUNTER },
  [looper]: { balance: 0n, code: '0x5b5f56' as Hex },
};
const calls: TraceRequest = { choice: { tracer: 'callTracer', options: { withLog: true } } };
const states: TraceRequest = { choice: { tracer: 'prestateTracer', options: {} } };
const steps: TraceRequest = { choice: { tracer: 'structLogger', options: {} } };

async function counted(config = {}, clock = new SimulatedClock()) {
  const test = await TestChain.open({ alloc, ...config }, { clock });
  const hashes = [
    await test.send(alice, { to: counter, gas: 100_000n }),
    await test.send(bob, { to: counter, gas: 100_000n }),
    await test.send(alice, { to: counter, gas: 100_000n, nonce: 1 }),
  ];
  await test.seal();
  return { test, chain: test.chain, hashes };
}

it('executes a block again, each transaction on what the others left', async () => {
  const { chain } = await counted();
  const seen = chain.traceBlock(1, states).map(({ trace }) => {
    if (trace.tracer !== 'prestateTracer') throw new Error(trace.tracer);
    return trace.pre.get(counter)?.storage.get(0n);
  });
  expect(seen).toEqual([0n, 1n, 2n]);
});

it('says of one transaction what it says within its block', async () => {
  const { chain, hashes } = await counted();
  const block = chain.traceBlock({ hash: chain.head().hash }, calls);
  expect(block.map(({ transactionHash }) => transactionHash).sort()).toEqual([...hashes].sort());
  for (const [i, { transactionHash, trace }] of block.entries()) {
    expect(chain.traceTransaction(transactionHash, calls)).toEqual(trace);
    const { gasUsed } = chain.receiptByHash(transactionHash)!;
    expect(trace).toMatchObject({ gasUsed, gasLimit: 100_000n, firstLogIndex: i });
  }
});

it('still sees the block as it was when the chain has moved on', async () => {
  const { test, chain, hashes } = await counted();
  const before = chain.traceTransaction(hashes[2], steps);
  await test.mine(alice, { to: counter, gas: 100_000n, nonce: 2 });
  expect(chain.traceTransaction(hashes[2], steps)).toEqual(before);
});

it('refuses what it does not know, genesis, and what is pruned', async () => {
  const clock = new SimulatedClock();
  const history = { minBlocks: 1, minSeconds: 0 };
  const { test, chain, hashes } = await counted({ history }, clock);
  const refusal = (run: () => unknown, code: ChainErrorCode) =>
    expect(run).toThrow(expect.objectContaining({ code }));
  refusal(
    () => chain.traceTransaction(`0x${'11'.repeat(32)}`, calls),
    ChainErrorCode.TransactionNotFound,
  );
  refusal(() => chain.traceBlock(0, calls), ChainErrorCode.NotTraceable);
  refusal(() => chain.traceBlock(9, calls), ChainErrorCode.BlockNotFound);
  await chain.markFinalized(1, chain.head().hash);
  for (let i = 0; i < 5; i++) {
    await clock.advance(5_000);
    const { block } = await test.seal();
    await chain.markFinalized(block.header.number, block.header.hash);
  }
  refusal(() => chain.traceTransaction(hashes[0], calls), ChainErrorCode.HistoryPruned);
});

describe('a call', () => {
  it('is traced on top of a block, whether it fails or not', async () => {
    const { chain } = await counted();
    const trace = chain.traceCall({ to: counter, gas: 50_000n }, 'latest', calls);
    expect(trace).toMatchObject({ gasLimit: 50_000n, root: { to: counter, error: undefined } });
    const failed = chain.traceCall({ to: counter, gas: 22_000n }, 'latest', steps);
    expect(failed).toMatchObject({ failed: true, gasUsed: 22_000n });
  });

  it('ends in time, and before its trace fills the memory', async () => {
    const clock = new SimulatedClock();
    const { chain } = await counted();
    const loop = (limits: object) => async () => {
      const test = await TestChain.open({ alloc, calls: limits }, { clock });
      return test.chain.traceCall({ to: looper }, 'latest', steps);
    };
    await expect(loop({ traceBytes: 1_000_000 })()).rejects.toMatchObject({
      code: ChainErrorCode.LimitExceeded,
      data: { limit: 1_000_000 },
    });
    const impatient = { ...calls, timeoutMs: 0 };
    expect(() => chain.traceCall({ to: looper }, 'latest', impatient)).toThrow(
      expect.objectContaining({ code: ChainErrorCode.ExecutionTimeout }),
    );
    expect(() => chain.traceBlock(1, impatient)).toThrow(
      expect.objectContaining({ code: ChainErrorCode.ExecutionTimeout }),
    );
  });
});
