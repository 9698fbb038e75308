import { raisedFees } from './fees.js';

it('raises a stuck price by more than the tenth that nodes demand', () => {
  const offered = { type: 2, maxFeePerGas: 100n, maxPriorityFeePerGas: 0n } as const;
  const asked = { type: 2, maxFeePerGas: 50n, maxPriorityFeePerGas: 1n } as const;
  const raised = raisedFees(offered, asked);
  expect(raised).toEqual({ type: 2, maxFeePerGas: 113n, maxPriorityFeePerGas: 1n });
});

it('goes as high as is asked now', () => {
  const asked = { type: 2, maxFeePerGas: 500n, maxPriorityFeePerGas: 9n } as const;
  expect(raisedFees({ type: 2, maxFeePerGas: 100n, maxPriorityFeePerGas: 8n }, asked)).toEqual({
    type: 2,
    maxFeePerGas: 500n,
    maxPriorityFeePerGas: 10n,
  });
  expect(raisedFees({ type: 0, gasPrice: 100n }, asked)).toEqual({ type: 0, gasPrice: 500n });
  expect(raisedFees({ type: 0, gasPrice: 100n }, { type: 0, gasPrice: 7n })).toEqual({
    type: 0,
    gasPrice: 113n,
  });
});
