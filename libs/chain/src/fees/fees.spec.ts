import { TestChain, testAccount } from '@flotilla/testing';
import { ChainErrorCode } from '../errors.js';
import { dynamicBaseFee } from './base-fee.js';

const alice = testAccount(0);
const GWEI = 10n ** 9n;

describe('dynamicBaseFee (EIP-1559)', () => {
  it.each([
    [1000n, 15n, 30n, 1000n],
    [1000n, 30n, 30n, 1125n],
    [1000n, 0n, 30n, 875n],
    [7n, 0n, 30n, 7n],
    [7n, 30n, 30n, 8n],
    [0n, 30n, 30n, 1n],
  ])('after %s with %s of %s gas used is %s', (baseFeePerGas, gasUsed, gasLimit, next) => {
    expect(dynamicBaseFee({ baseFeePerGas, gasUsed, gasLimit })).toBe(next);
  });
});

describe('a free chain', () => {
  it('asks for nothing', async () => {
    const { chain } = await TestChain.open();
    expect([chain.gasPrice(), chain.maxPriorityFeePerGas(), chain.nextBaseFee()]).toEqual([
      0n,
      0n,
      0n,
    ]);
  });
});

describe('a fixed price', () => {
  it('is the base fee of every block', async () => {
    const test = await TestChain.open({ fees: { mode: 'fixed', gasPrice: 50n } });
    expect(test.chain.gasPrice()).toBe(50n);
    expect(test.chain.maxPriorityFeePerGas()).toBe(0n);
    await test.mine(alice, { maxFeePerGas: 60n });
    await test.seal();
    expect([0, 1, 2].map((n) => test.chain.headerByNumber(n)?.baseFeePerGas)).toEqual([
      50n,
      50n,
      50n,
    ]);
  });
});

describe('an eip1559 chain', () => {
  it('follows the load', async () => {
    const test = await TestChain.open({ fees: { mode: 'eip1559' }, gasLimit: 42_000n });
    expect(test.chain.headerByNumber(0)?.baseFeePerGas).toBe(GWEI);
    const fees = { maxFeePerGas: 10n * GWEI };
    await test.send(alice, { nonce: 0, ...fees });
    await test.send(alice, { nonce: 1, ...fees });
    await test.seal();
    expect(test.chain.nextBaseFee()).toBe((GWEI * 875n * 1125n) / 1_000_000n);
  });

  it('suggests the tip that recent transactions paid', async () => {
    const test = await TestChain.open({ fees: { mode: 'eip1559' } });
    expect(test.chain.maxPriorityFeePerGas()).toBe(GWEI);
    for (let nonce = 0; nonce < 3; nonce++) {
      await test.mine(alice, { nonce, maxFeePerGas: 9n * GWEI, maxPriorityFeePerGas: 5n });
    }
    expect(test.chain.maxPriorityFeePerGas()).toBe(5n);
    expect(test.chain.gasPrice()).toBe(test.chain.nextBaseFee() + 5n);
  });

  it('goes through each block once to suggest a tip', async () => {
    const test = await TestChain.open({ fees: { mode: 'eip1559' } });
    const asked = () => {
      const before = test.chain.suggestionGas();
      test.chain.maxPriorityFeePerGas();
      return [before, test.chain.suggestionGas()];
    };
    for (let nonce = 0; nonce < 2; nonce++)
      await test.mine(alice, { nonce, maxFeePerGas: 9n * GWEI });
    expect(asked()).toEqual([42_000n, 0n]);
    await test.mine(alice, { nonce: 2, maxFeePerGas: 9n * GWEI });
    expect(asked()).toEqual([21_000n, 0n]);
  });
});

describe('feeHistory', () => {
  it('tells base fees, load and tips by percentile', async () => {
    const test = await TestChain.open({ fees: { mode: 'eip1559' }, gasLimit: 100_000n });
    await test.send(alice, { nonce: 0, maxFeePerGas: 9n * GWEI, maxPriorityFeePerGas: 3n });
    await test.send(testAccount(1), { maxFeePerGas: 9n * GWEI, maxPriorityFeePerGas: 8n });
    await test.seal();
    await test.seal();
    const history = test.chain.feeHistory(10, 'latest', [0, 50, 100]);
    const fees = [0, 1, 2].map((n) => test.chain.headerByNumber(n)!.baseFeePerGas);
    expect(history).toEqual({
      oldestBlock: 0,
      baseFeePerGas: [...fees, test.chain.nextBaseFee()],
      gasUsedRatio: [0, 0.42, 0],
      reward: [
        [0n, 0n, 0n],
        [3n, 3n, 8n],
        [0n, 0n, 0n],
      ],
      baseFeePerBlobGas: [1n, 1n, 1n, 1n],
      blobGasUsedRatio: [0, 0, 0],
    });
    expect(test.chain.feeHistory(1, 1)).toMatchObject({ oldestBlock: 1, reward: undefined });
    expect(test.chain.feeHistory(0, 'latest').baseFeePerGas).toEqual([]);
  });

  it.each([[[50, 10]], [[-1]], [[101]], [[Number.NaN]]])(
    'refuses the percentiles %s',
    async (bad) => {
      const { chain } = await TestChain.open();
      expect(() => chain.feeHistory(1, 'latest', bad)).toThrow(
        expect.objectContaining({ code: ChainErrorCode.InvalidRange }),
      );
    },
  );
});
