import { type DensityRun, densityVerdicts } from './density-verdicts.js';
import { distributionOf } from './statistics.js';

const run: DensityRun = {
  chains: 1_000,
  active: 20,
  createSeconds: 900,
  phases: { Sleeping: 980, Running: 120 },
  restarts: 0,
  memory: { resident: { orchestrator: 200e6, gateway: 120e6 }, swapped: 0 },
  reconcileP99: 0.25,
  lists: distributionOf([20, 30]),
  wakes: { latency: distributionOf([200, 400]), refused: {} },
  crawl: { asked: 980, answered: 25, refused: { WAKE_BUDGET: 955 }, seconds: 20 },
  idle: { wallets: 100, asleepAfter: 20, stayedAsleep: true },
  filled: {
    active: 110,
    endedBy: 'refused',
    refusal: 'NO_CAPACITY',
    sends: distributionOf([50]),
    leastServed: 1,
    errors: {},
  },
};
const broken = (change: Partial<DensityRun>) =>
  densityVerdicts({ ...run, ...change })
    .filter(({ holds }) => !holds)
    .map(({ measured }) => measured);

describe('verdicts on density', () => {
  it('holds when everything does', () => {
    expect(broken({})).toEqual([]);
  });

  it.each<[RegExp, Partial<DensityRun>]>([
    [/^300 MB/, { memory: { resident: { orchestrator: 300e6 }, swapped: 0 } }],
    [/^NaN MB/, { memory: { resident: {}, swapped: 0 } }],
    [/^1 MB swapped/, { memory: { ...run.memory, swapped: 1e6 } }],
    [/Failed/, { phases: { Failed: 1 } }],
    [/2 died/, { restarts: 2 }],
    [/2.5 s/, { reconcileP99: 2.5 }],
    [/NaN s/, { reconcileP99: Number.NaN }],
    [/p99 200 ms/, { lists: distributionOf([200]) }],
    [/p95 500 ms/, { wakes: { latency: distributionOf([500]), refused: {} } }],
    [/refused: 1 × NO/, { wakes: { ...run.wakes, refused: { NO: 1 } } }],
    [/^31 of 980/, { crawl: { ...run.crawl, answered: 31, refused: { WAKE_BUDGET: 949 } } }],
    [/^25 of 980/, { crawl: { ...run.crawl, refused: { WAKE_BUDGET: 900 } } }],
    [/never slept/, { idle: { ...run.idle, asleepAfter: undefined } }],
    [/woken again/, { idle: { ...run.idle, stayedAsleep: false } }],
    [/^99 /, { filled: { ...run.filled, active: 99 } }],
    [/ended by: slow/, { filled: { ...run.filled, endedBy: 'slow', refusal: undefined } }],
    [/worst served 70 %/, { filled: { ...run.filled, leastServed: 0.7 } }],
    [/errors: 3 × x/, { filled: { ...run.filled, errors: { x: 3 } } }],
  ])('is broken by: %s', (measured, change) => {
    expect(broken(change)).toEqual([expect.stringMatching(measured)]);
  });
});
