import { type Hex, hexToBytes } from '@flotilla/common';
import { SimulatedClock, TestChain, testAccount } from '@flotilla/testing';
import type { CallRequest } from '../types.js';
import { SimulationErrorCode } from './errors.js';
import type { SimulatedBlockRequest } from './types.js';

const alice = testAccount(0);
const bob = testAccount(1);
const contract = `0x${'c0'.repeat(20)}` as const;
/** Adds one to slot 0, logs, and returns the sum. */
const COUNTER: Hex = '0x5f54600101805f555f5fa05f5260205ff3';
const LOOP: Hex = '0x5b5f56';
const count: CallRequest = { from: alice.address, to: contract };

async function setup(code: Hex = COUNTER, modules = {}, config = {}) {
  const alloc = { [contract]: { balance: 0n, code } };
  const test = await TestChain.open({ alloc, ...config }, modules);
  const simulate = (blocks: Partial<SimulatedBlockRequest>[], options = {}) =>
    test.chain.simulate(
      {
        blocks: blocks.map((block) => ({ calls: [], ...block })),
        traceTransfers: false,
        validation: false,
        ...options,
      },
      'latest',
    );
  return { test, simulate };
}

const outputs = (blocks: ReturnType<Awaited<ReturnType<typeof setup>>['simulate']>) =>
  blocks.map(({ calls }) => calls.map(({ output }) => output.at(-1)));

describe('simulated blocks', () => {
  it('follow each other, and leave nothing behind', async () => {
    const { test, simulate } = await setup();
    const blocks = simulate([{ calls: [count, count] }, { calls: [count] }]);
    expect(outputs(blocks)).toEqual([[1, 2], [3]]);
    const [first, second] = blocks.map(({ block }) => block.header);
    expect(first).toMatchObject({ number: 1, parentHash: test.chain.head().hash });
    expect(second).toMatchObject({ number: 2, parentHash: first.hash });
    expect(blocks[0].calls[1].logs).toMatchObject([
      { logIndex: 1, transactionIndex: 1, blockHash: first.hash, blockNumber: 1 },
    ]);
    expect(blocks[0].block.transactions.map(({ nonce }) => nonce)).toEqual([0n, 1n]);
    expect(outputs(simulate([{ calls: [count] }]))).toEqual([[1]]);
  });

  it('fill gaps, and see the hashes of those before', async () => {
    // BLOCKHASH(NUMBER - 1), returned.
    const { simulate } = await setup('0x60014303405f5260205ff3');
    const blocks = simulate([
      { calls: [count] },
      { blockOverrides: { number: 4n }, calls: [count] },
    ]);
    const headers = blocks.map(({ block }) => block.header);
    expect(headers.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(headers.map(({ timestamp }) => timestamp - headers[0].timestamp)).toEqual([0, 1, 2, 3]);
    expect(blocks[3].calls[0].output).toEqual(hexToBytes(headers[2].hash));
  });

  it('start from what they are told, each anew', async () => {
    const { simulate } = await setup();
    const withState = (state: Map<bigint, bigint>) => new Map([[contract, { state }]]);
    const blocks = simulate([
      { calls: [count] },
      { stateOverrides: withState(new Map([[0n, 9n]])), calls: [count] },
      { stateOverrides: withState(new Map()), calls: [count] },
      { calls: [count] },
    ]);
    expect(outputs(blocks)).toEqual([[1], [10], [1], [2]]);
  });

  it('show moved coins as logs, but not those of what failed', async () => {
    const { simulate } = await setup('0x5f5ffd');
    const pay = (to: Hex) => ({ from: alice.address, to, value: 5n });
    const [{ calls }] = simulate([{ calls: [pay(bob.address), pay(contract)] }], {
      traceTransfers: true,
    });
    expect(calls[0].logs).toMatchObject([{ address: `0x${'ee'.repeat(20)}` }]);
    expect(calls[0].logs[0].data.at(-1)).toBe(5);
    expect(calls[1]).toMatchObject({ status: 0, logs: [], failure: { isRevert: true } });
  });
});

describe('a simulation is refused', () => {
  const refusal = (code: SimulationErrorCode) => expect.objectContaining({ code });

  it.each<[string, Partial<SimulatedBlockRequest>[], SimulationErrorCode]>([
    [
      'with blocks out of order',
      [{ blockOverrides: { number: 2n } }, { blockOverrides: { number: 2n } }],
      SimulationErrorCode.BlockNumberOutOfOrder,
    ],
    [
      'with time running backwards',
      [{ blockOverrides: { time: 1n } }],
      SimulationErrorCode.BlockTimeOutOfOrder,
    ],
    [
      'beyond 256 blocks',
      [{ blockOverrides: { number: 257n } }],
      SimulationErrorCode.LimitExceeded,
    ],
    [
      'beyond 1,000 calls',
      [{ calls: Array.from({ length: 1_001 }, () => count) }],
      SimulationErrorCode.LimitExceeded,
    ],
    [
      'above the gas limit of its block',
      [{ calls: [count, { ...count, gas: 30_000_000n }] }],
      SimulationErrorCode.BlockGasLimitReached,
    ],
  ])('%s', async (_name, blocks, code) => {
    const { simulate } = await setup();
    expect(() => simulate(blocks)).toThrow(refusal(code));
  });

  it.each<[string, CallRequest, SimulationErrorCode]>([
    ['a used nonce', { ...count, nonce: 0n }, SimulationErrorCode.NonceTooLow],
    ['a nonce to come', { ...count, nonce: 9n }, SimulationErrorCode.NonceTooHigh],
    ['too little gas', { ...count, gas: 20_000n }, SimulationErrorCode.IntrinsicGasTooLow],
    ['too little money', { ...count, value: 10n ** 24n }, SimulationErrorCode.InsufficientFunds],
  ])('when it validates %s', async (_name, call, code) => {
    const { test, simulate } = await setup();
    await test.mine(alice, { to: bob.address });
    expect(() => simulate([{ calls: [call] }], { validation: true })).toThrow(refusal(code));
    if (call.nonce !== undefined) expect(outputs(simulate([{ calls: [call] }]))).toEqual([[1]]);
  });

  it('below the base fee, when it validates', async () => {
    const { simulate } = await setup(COUNTER, {}, { fees: { mode: 'fixed', gasPrice: 5n } });
    const blocks = [{ calls: [{ ...count, maxFeePerGas: 4n }] }];
    expect(() => simulate(blocks, { validation: true })).toThrow(
      refusal(SimulationErrorCode.FeeCapTooLow),
    );
    const paid = simulate([{ calls: [{ ...count, maxFeePerGas: 5n }] }], { validation: true });
    expect(paid[0].block.header.baseFeePerGas).toBe(5n);
  });

  it('when it takes too long, or too much', async () => {
    const clock = new SimulatedClock();
    const { simulate } = await setup(LOOP, { clock }, { calls: { timeoutMs: 0 } });
    expect(() => simulate([{ calls: [count] }])).toThrow(refusal(SimulationErrorCode.Timeout));
    const { simulate: inTime } = await setup(COUNTER, {}, { calls: { traceBytes: 2_000 } });
    expect(() => inTime([{ calls: [count, count, count] }])).toThrow(
      refusal(SimulationErrorCode.LimitExceeded),
    );
  });
});
