import { type Chain, chainSpecSchema, INITIAL_STATUS } from '@flotilla/orchestration';
import { ProcessorWeights } from './processor-weights.js';

const spec = chainSpecSchema.parse({ size: 'small' });
const chain = { spec, desired: 'running', status: INITIAL_STATUS } as Chain;

it('weighs anew when a chain has come or gone', () => {
  const chains: Chain[] = [chain];
  let changed = () => {};
  const weights = new ProcessorWeights(
    { cpuMillis: 1_500, memoryMb: 0 },
    {
      chains: () => chains,
      onChange: (listener) => {
        changed = listener;
      },
    },
  );
  expect(weights.of(chain)).toBe(10_000);
  chains.push(chain, chain, chain);
  expect(weights.of(chain)).toBe(10_000);
  changed();
  expect(weights.of(chain)).toBe(2_500);
});
