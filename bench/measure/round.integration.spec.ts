import type { Hex } from '@flotilla/common';
import { ChainStalled } from '../client/chain-stalled.js';
import { ToyChain } from '../testing/toy-chain.js';
import { WHOLE_LOAD } from './pace.js';
import { measureLoad } from './round.js';

/** Anything with bytes of its own will do: nobody looks into them here. */
const load = Array.from({ length: 4 }, (_, lane) =>
  Array.from(
    { length: 1_000 },
    (_, i): Hex => `0x02${(1_000 * lane + i).toString(16).padStart(8, '0')}`,
  ),
);
const chains: ToyChain[] = [];

async function start(intervalMs: number): Promise<ToyChain> {
  const chain = await ToyChain.start(intervalMs);
  chains.push(chain);
  return chain;
}

afterEach(async () => {
  for (const chain of chains.splice(0)) await chain.stop();
});

it('accounts for every transaction, and never has more in flight than the pace allows', async () => {
  const chain = await start(100);
  const result = await measureLoad(chain, load, { ...WHOLE_LOAD, inFlight: 600 });
  expect(result).toMatchObject({ sent: 4_000, transactions: 4_000, missing: 0, doubled: 0 });
  expect(result.gasUsed).toBe(4_000 * 21_000);
  expect(result.blocks).toBeGreaterThanOrEqual(7);
  expect(chain.mostPooled).toBeLessThanOrEqual(600);
});

it('stops sending when the time is over, and measures what is mined after the warm-up only', async () => {
  const chain = await start(100);
  const pace = { ...WHOLE_LOAD, inFlight: 200, seconds: 1.2, warmUpSeconds: 0.4 };
  const result = await measureLoad(chain, load, pace);
  expect(result.sent).toBeLessThan(4_000);
  expect(result.transactions).toBeLessThan(result.sent);
  expect(result.seconds).toBeLessThan(0.9);
  expect(result.missing).toBe(0);
});

it.each<[string, (chain: ToyChain) => unknown]>([
  ['mines no more', (chain) => chain.stopMining()],
  ['answers no more', (chain) => chain.stopAnswering()],
  ['goes away', (chain) => chain.stop()],
])('gives up on a chain that %s', async (_, breakIt) => {
  const chain = await start(100);
  setTimeout(() => breakIt(chain), 300);
  const pace = { ...WHOLE_LOAD, inFlight: 200, stallSeconds: 1 };
  await expect(measureLoad(chain, load, pace)).rejects.toBeInstanceOf(ChainStalled);
});
