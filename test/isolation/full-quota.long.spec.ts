import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Stack } from '../stack.js';
import { type QuotaReport, QuotaUser } from './quota-user.js';

/** What is promised of each core by default, less a little, so that chains of all sizes fit in. The machine must be quiet. */
const CPU_MILLIS = Math.min(2, availableParallelism()) * 725;
const WARM_UP_MS = 2_000;
const WINDOW_MS = 10_000;
/** Of what is promised: processor time is counted in ticks of 10 ms. */
const KEPT = 0.9;

let stack: Stack;
const users: QuotaUser[] = [];

beforeAll(async () => {
  stack = await Stack.start({ FLOTILLA_CAPACITY_CPU_MILLIS: `${CPU_MILLIS}` });
}, 120_000);

afterAll(async () => {
  await Promise.all(users.map((user) => user.stop()));
  await stack?.stop();
}, 60_000);

async function create(size: string) {
  const name = `${size}-${users.length}`;
  const sleep = { afterSeconds: null };
  const spec = { size, sleep, sealing: { mode: 'interval', intervalMs: 1_000 } };
  return stack.api('POST', '/chains?wait=running', { name, spec });
}

it('promises until nothing more fits, and says then what is short and what helps', async () => {
  for (const size of ['large', 'medium', 'small']) {
    for (let answer = await create(size); ; answer = await create(size)) {
      if (answer.status !== 201) {
        expect([answer.status, answer.body.code]).toEqual([503, 'NO_CAPACITY']);
        expect(answer.body.detail).toMatch(/short of \d+ of \d+ .*; pause, delete or shrink/);
        break;
      }
      users.push(new QuotaUser(stack, answer.body, users.length));
    }
  }
  const { free } = (await stack.api('GET', '/fleet')).body.capacity;
  expect(users.length).toBeGreaterThan(2);
  expect(free.cpuMillis).toBeLessThan(10);
}, 240_000);

/** What each got in a window, of which none may be less than its promise. */
async function expectPromisesKept(): Promise<QuotaReport[]> {
  await pause(WARM_UP_MS);
  await Promise.all(users.map((user) => user.begin()));
  await pause(WINDOW_MS);
  const reports = await Promise.all(users.map((user) => user.report()));
  for (const { name, promisedMillis, millis, blocks, seconds } of reports) {
    console.log(
      `${name}: ${Math.round(millis)} of ${promisedMillis} thousandths of a core, ` +
        `${blocks} blocks in ${seconds.toFixed(1)} s`,
    );
  }
  for (const { name, promisedMillis, millis, errors } of reports) {
    expect([name, errors]).toEqual([name, []]);
    expect([name, millis >= KEPT * promisedMillis]).toEqual([name, true]);
  }
  return reports;
}

it('keeps every promise when all of them are used at once, and misses no block slot', async () => {
  for (const user of users) user.start();
  for (const { name, blocks, seconds } of await expectPromisesKept()) {
    // One may have been just before the window's end.
    expect([name, blocks >= Math.floor(seconds) - 1]).toEqual([name, true]);
  }
}, 60_000);

it('keeps every promise when everybody wants as much as he can get', async () => {
  for (const user of users) user.beGreedy();
  await expectPromisesKept();
}, 60_000);
