import { setTimeout as pause } from 'node:timers/promises';
import { seed, seeded } from '../random.js';
import { isAlive, Stack } from '../stack.js';
import { DEEDS, DisturbedChain } from './disturbed-chain.js';

/** `npm run robustness` asks for a thousand; the short run is part of `npm test`. */
const cycles = Number(process.env.TEST_CYCLES ?? 24);
/** Chains that suffer at the same time. Where a block comes later than the answer, only the journal keeps a promise. */
const SEALINGS = [
  { mode: 'instant' },
  { mode: 'interval', intervalMs: 400 },
  { mode: 'lazy', intervalMs: 300 },
  { mode: 'interval', intervalMs: 1_000 },
];
/** In one of so many cycles the orchestrator is killed as well, and half as many later the gateway. */
const SERVICE_EVERY = 24;
const random = seeded(seed);

let stack: Stack;
let chains: DisturbedChain[];
const serviceKills = { orchestrator: 0, gateway: 0 };

beforeAll(async () => {
  console.log(`${cycles} cycles, TEST_SEED=${seed}`);
  stack = await Stack.start({ FLOTILLA_WAKES_PER_MINUTE: '100000' });
  chains = await Promise.all(
    SEALINGS.map((sealing, n) =>
      DisturbedChain.create(stack, `cycles-${n}`, {
        ...{ account: n, sealing, random: seeded(seed + n) },
      }),
    ),
  );
}, 120_000);

afterAll(() => stack?.stop(), 60_000);

async function killService(name: keyof typeof serviceKills): Promise<void> {
  await pause(random() * 1_500);
  const found = stack.run.processes.find((process) => process.name === name);
  // It may be away still: it was killed lately.
  if (found === undefined || !isAlive(found.pid)) return;
  process.kill(found.pid, 'SIGKILL');
  serviceKills[name]++;
}

it('mines every acknowledged transaction once over cycles of sleep, wake and kill -9 under traffic', async () => {
  let next = 0;
  const done = new Map(DEEDS.map((deed) => [deed, 0]));
  const endure = async (chain: DisturbedChain) => {
    while (next < cycles) {
      const cycle = next++;
      // Each deed comes as often as any other, in an order that is new in each round.
      const deed = DEEDS[(cycle + Math.floor(cycle / DEEDS.length)) % DEEDS.length];
      const kills = [
        ...(cycle % SERVICE_EVERY === 5 ? [killService('orchestrator')] : []),
        ...(cycle % SERVICE_EVERY === 17 ? [killService('gateway')] : []),
      ];
      await Promise.all([chain.suffer(deed), ...kills]);
      done.set(deed, (done.get(deed) ?? 0) + 1);
      if ((cycle + 1) % 100 === 0) console.log(`${cycle + 1} cycles`);
    }
  };
  await Promise.all(chains.map(endure));

  const outcomes = await Promise.all(chains.map((chain) => chain.reckon()));
  const sum = (of: (chain: DisturbedChain) => number) =>
    chains.reduce((total, chain) => total + of(chain), 0);
  const recoveries = chains.flatMap((chain) => chain.recoveries).sort((a, b) => a - b);
  const at = (part: number) => Math.round(recoveries[Math.ceil(part * recoveries.length) - 1]);
  console.log(
    [
      [...done].map(([deed, count]) => `${deed}: ${count}`).join(', '),
      `${sum((chain) => chain.kills)} nodes killed, ${sum((chain) => chain.sleeps)} slept, ` +
        `orchestrator killed ${serviceKills.orchestrator} times, gateway ${serviceKills.gateway}`,
      `${sum((chain) => chain.acknowledged)} transactions acknowledged`,
      `next acknowledged after (ms): median ${at(0.5)}, p99 ${at(0.99)}, at most ${at(1)}`,
    ].join('\n'),
  );
  for (const outcome of outcomes) expect(outcome).toEqual({ lost: [], doubled: [] });
  expect(sum((chain) => chain.acknowledged)).toBeGreaterThan(cycles);
  expect(sum((chain) => chain.kills)).toBeGreaterThan(cycles / 4);
}, 7_200_000);
