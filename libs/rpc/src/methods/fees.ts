import type { ChainView } from '@flotilla/chain';
import { quantity } from '../format/quantity.js';
import type { RpcMethod } from '../method.js';
import { malformed, method, optional, type Parser } from '../params/parser.js';
import { blockNumber, count, list } from '../params/values.js';

/** As geth: at most so many percentiles, each from 0 to 100, ascending. */
const MAX_PERCENTILES = 100;
/** geth caps silently, too. */
const MAX_BLOCKS = 1024;

const percentile: Parser<number> = (value) => {
  if (typeof value !== 'number' || !(value >= 0 && value <= 100)) {
    throw malformed(`invalid reward percentile: ${String(value).slice(0, 20)}`);
  }
  return value;
};

const percentiles: Parser<number[]> = (value) => {
  const values = list(percentile, MAX_PERCENTILES)(value);
  values.forEach((current, i) => {
    if (i > 0 && current < values[i - 1]) {
      throw malformed(`invalid reward percentile: #${i - 1}:${values[i - 1]} >= #${i}:${current}`);
    }
  });
  return values;
};

export function feeMethods(chain: ChainView): RpcMethod[] {
  const gasOf = (number: number) => Number(chain.headerByNumber(number)?.gasUsed ?? 0n);
  const ofSuggestion = { blockGas: () => Number(chain.suggestionGas()) };
  return [
    method('eth_gasPrice', [], () => quantity(chain.gasPrice()), ofSuggestion),
    method(
      'eth_maxPriorityFeePerGas',
      [],
      () => quantity(chain.maxPriorityFeePerGas()),
      ofSuggestion,
    ),
    method('eth_baseFee', [], () => quantity(chain.nextBaseFee())),
    // No blobs here: the excess stays 0, at which the price is 1 wei (EIP-4844).
    method('eth_blobBaseFee', [], () => '0x1'),
    method(
      'eth_feeHistory',
      [count, blockNumber, optional(percentiles)],
      ([blocks, newest, wanted]) => {
        const history = chain.feeHistory(Math.min(blocks, MAX_BLOCKS), newest, wanted);
        return {
          oldestBlock: quantity(history.oldestBlock),
          ...(history.reward === undefined
            ? {}
            : { reward: history.reward.map((tips) => tips.map(quantity)) }),
          baseFeePerGas: history.baseFeePerGas.map(quantity),
          gasUsedRatio: history.gasUsedRatio,
          baseFeePerBlobGas: history.baseFeePerBlobGas.map(quantity),
          blobGasUsedRatio: history.blobGasUsedRatio,
        };
      },
      {
        blockGas: ([blocks, newest, wanted = []]) => {
          const last = chain.headerOf(newest)?.number ?? 0;
          const read = wanted.length === 0 ? 0 : Math.min(blocks, MAX_BLOCKS, last + 1);
          let gas = 0;
          for (let number = last - read + 1; number <= last; number++) gas += gasOf(number);
          return gas;
        },
      },
    ),
  ];
}
