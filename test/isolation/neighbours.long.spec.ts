import { CHANNELS } from '../../bench/isolation/channels/index.js';
import { totalOf } from '../../bench/isolation/flood-report.js';
import {
  type SideProcesses,
  startSideProcesses,
} from '../../bench/isolation/process/side-processes.js';
import { runChannel } from '../../bench/isolation/run-channel.js';
import { flotilla } from '../../bench/isolation/settings/flotilla.js';
import { closeStack, sharedStack } from '../../bench/peers/flotilla.js';

const PLAN = { pairs: 1, seconds: 5, perSecond: 20 };
/** Of a core, as `small` promises, and what a meter of ticks may be off. */
const CPU_CEILING = 0.5 + 0.1;
/** The machine runs other suites beside this one; without limits it is a hundredfold. */
const MAX_RATIO = 5;
const SLACK_MS = 150;

let processes: SideProcesses;

beforeAll(async () => {
  await sharedStack();
  processes = await startSideProcesses();
}, 120_000);

afterAll(async () => {
  await processes?.stop();
  await closeStack();
}, 60_000);

/** No control groups are to be had here, and the chains say so. */
async function isDegraded(): Promise<boolean> {
  const { body } = await (await sharedStack()).api('GET', '/chains');
  return body.items.some(({ status }: ChainBody) =>
    status.conditions.some(({ type, status: holds }) => type === 'IsolationDegraded' && holds),
  );
}

interface ChainBody {
  readonly status: { readonly conditions: readonly { type: string; status: boolean }[] };
}

it('a chain is served as before while heavy calls flood its neighbour', async () => {
  const channel = CHANNELS.find(({ name }) => name === 'eth-call')!;
  const { pairs } = await runChannel(channel, flotilla, PLAN, processes);
  const [{ quiet, hot }] = pairs;
  expect(hot).toMatchObject({ errors: {}, notIncluded: 0, missedSlots: 0 });
  expect(hot.flood.uncoded).toEqual({});
  expect(totalOf(hot.flood.refused)).toBeGreaterThan(0);
  for (const kind of ['reads', 'sends', 'inclusion'] as const) {
    expect(hot[kind].p99).toBeLessThan(MAX_RATIO * quiet[kind].p99 + SLACK_MS);
  }
  if (!(await isDegraded())) expect(hot.cores.attacked).toBeLessThan(CPU_CEILING);
}, 180_000);
