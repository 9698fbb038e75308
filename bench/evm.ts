import { Evm } from '@flotilla/evm';
import { programs } from './evm/programs.js';
import type { Send } from './evm/sandbox.js';
import { median } from './report/statistics.js';

/** CPU time that one machine gets before the other's turn, in ms. */
const SLICE_MS = 250;
const WARM_UP_MS = 1_500;

interface Slice {
  /** Million gas per CPU second. */
  readonly rate: number;
  /** CPU time per transaction, in µs. */
  readonly each: number;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function measure(send: Send, ms: number): Slice {
  const start = cpuMs();
  let [gas, count, elapsed] = [0, 0, 0];
  while (elapsed < ms) {
    for (let i = 0; i < 5; i++) gas += Number(send().gasUsed);
    count += 5;
    elapsed = cpuMs() - start;
  }
  return { rate: gas / elapsed / 1000, each: (1000 * elapsed) / count };
}

/** Prints what the EVM computes per CPU second, interpreting and translating in turns, and the ratio. */
export function runEvm({ rounds }: { readonly rounds: number }): void {
  const interpreting = programs(
    new Evm({ hardfork: 'prague', translateAfter: Number.POSITIVE_INFINITY }),
  );
  const translating = programs(new Evm({ hardfork: 'prague' }));
  console.log('Mgas per CPU second (µs per transaction)');
  for (const name of Object.keys(interpreting)) {
    const sides = [interpreting[name], translating[name]];
    for (const send of sides) measure(send, WARM_UP_MS);
    const slices: Slice[][] = [[], []];
    for (let round = 0; round < rounds; round++) {
      for (const [side, send] of sides.entries()) slices[side].push(measure(send, SLICE_MS));
    }
    const [slow, fast] = slices.map((side) => ({
      rate: median(side.map(({ rate }) => rate)),
      each: median(side.map(({ each }) => each)),
    }));
    const show = ({ rate, each }: Slice) => `${rate.toFixed(0)} (${each.toFixed(1)})`;
    const ratio = (fast.rate / slow.rate).toFixed(2);
    console.log(
      `${name}: interpreted ${show(slow)}, translated ${show(fast)}, ${ratio} times as fast`,
    );
  }
}
