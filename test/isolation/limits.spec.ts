import { randomBytes } from 'node:crypto';
import { cpuSeconds } from '../cpu.js';
import { countMined, Load } from '../load.js';
import { signer } from '../sign.js';
import { isAlive, Stack, waitUntil } from '../stack.js';

/** Watches and is watched: nothing that happens to the others may touch it. */
const QUIET = 'quiet';
const CAPACITY_MB = 6_000;

let stack: Stack;
let quietPid: number;
let quiet: Load;
/** Whether this host can enforce what the kernel must. */
let hasGroups: boolean;

const show = async (name: string) => (await stack.api('GET', `/chains/${name}`)).body;
const condition = async (name: string, type: string) =>
  (await show(name)).status.conditions.find((each: { type: string }) => each.type === type);

async function patch(name: string, spec: Record<string, unknown>): Promise<void> {
  const { status, body } = await stack.api('PATCH', `/chains/${name}?wait=running`, { spec });
  expect([status, body.code]).toEqual([200, undefined]);
}

/** Runs for as long as it is given gas: 0x5b JUMPDEST, and back to it. */
const SPIN = { '0x00000000000000000000000000000000000000aa': { code: '0x5b600056' } };
const spin = { to: '0x00000000000000000000000000000000000000aa', gas: '0x2faf080' };
/** One word more on the stack for each turn: its trace takes all the memory there is. */
const PILE = { '0x00000000000000000000000000000000000000aa': { code: '0x5b600160010150600056' } };

beforeAll(async () => {
  stack = await Stack.start({ FLOTILLA_CAPACITY_MEMORY_MB: `${CAPACITY_MB}` });
  const { chainId } = await stack.createChain(QUIET);
  hasGroups = (await condition(QUIET, 'IsolationDegraded')) === undefined;
  if (!hasGroups) console.warn('no control groups here: what the kernel enforces is not tested');
  quietPid = stack.chainPid(QUIET);
  quiet = new Load(stack, QUIET, chainId, 5, { pauseMs: 250 });
  quiet.start();
}, 120_000);

afterAll(async () => {
  await quiet?.stop();
  await stack?.stop();
}, 60_000);

it('kills a chain at its memory limit, says why, and no other chain notices', async () => {
  if (!hasGroups) return;
  await stack.createChain('bomb', { limits: { host: { memoryMb: 128 } } });
  const { pid } = (await show('bomb')).status.instances[0];
  const request = [spin, 'latest', { enableMemory: true, stateOverrides: PILE }];
  const trace = () => stack.rpc('bomb', 'debug_traceCall', request).catch(() => {});
  const call = () => stack.rpc('bomb', 'eth_call', [spin, 'latest', SPIN]).catch(() => {});
  await waitUntil('the kernel has killed it', 40_000, async () => {
    await Promise.all(Array.from({ length: 20 }, () => Promise.all([trace(), call()])));
    return !isAlive(pid);
  });
  await waitUntil('the chain says so', 10_000, async () => {
    const events = (await stack.api('GET', '/chains/bomb/events?limit=50')).body.items;
    return events.some((e: any) => e.data.type === 'Healthy' && e.data.reason === 'OUT_OF_MEMORY');
  });
  await waitUntil(
    'it runs again',
    30_000,
    async () => Number(await stack.rpc('bomb', 'eth_blockNumber').catch(() => -1)) >= 0,
  );
  expect(stack.chainPid(QUIET)).toBe(quietPid);
}, 150_000);

it('gives a chain no more of the processor than its quota, however much it has to do', async () => {
  if (!hasGroups) return;
  await stack.createChain('busy', { limits: { host: { cpuPercent: 20 } } });
  const pid = stack.chainPid('busy');
  // The ceiling is in force from the first check of its health on.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  let isOn = true;
  const worker = async () => {
    while (isOn) await stack.rpc('busy', 'eth_call', [spin, 'latest', SPIN]).catch(() => {});
  };
  const workers = Array.from({ length: 6 }, worker);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const since = performance.now();
  const before = cpuSeconds(pid);
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const share = (cpuSeconds(pid) - before) / ((performance.now() - since) / 1_000);
  isOn = false;
  await Promise.all(workers);
  expect(share).toBeLessThan(0.26);
}, 60_000);

it('makes a chain read-only at its disk quota, and takes up again when it is raised', async () => {
  const { chainId } = await stack.createChain('hoard', {
    limits: { host: { diskMb: 16, cpuPercent: 'none' } },
  });
  const pid = stack.chainPid('hoard');
  const sign = signer(3);
  const acknowledged: string[] = [];
  const send = async () => {
    const data = `0x${randomBytes(100_000).toString('hex')}`;
    const nonce = acknowledged.length;
    const to = '0x00000000000000000000000000000000000000bb';
    const { raw } = sign({ chainId, nonce, to, gas: 5_000_000n, data });
    acknowledged.push(await stack.rpc('hoard', 'eth_sendRawTransaction', [raw]));
  };
  const refusal = await (async () => {
    for (let sent = 0; sent < 400; sent++) {
      try {
        await send();
      } catch (error) {
        return error;
      }
    }
    return undefined;
  })();
  expect(refusal).toMatchObject({ code: -32005, data: { code: 'DISK_FULL', limit: 'diskMb' } });
  expect(acknowledged.length).toBeGreaterThan(50);
  await waitUntil(
    'the chain says so',
    10_000,
    async () => (await condition('hoard', 'DiskFull'))?.status,
  );
  // Reads go on.
  expect(Number(await stack.rpc('hoard', 'eth_blockNumber'))).toBeGreaterThan(0);

  await patch('hoard', { limits: { host: { diskMb: 64 } } });
  await send();
  expect(stack.chainPid('hoard')).toBe(pid);
  await waitUntil(
    'the condition is gone',
    10_000,
    async () => !(await condition('hoard', 'DiskFull')),
  );
  expect(await countMined(stack, 'hoard', acknowledged)).toEqual({ lost: [], doubled: [] });
}, 300_000);

it('refuses what is over the rates of a chain by the limit`s name, and counts it', async () => {
  const { chainId } = await stack.createChain('eager', {
    limits: { node: { transactionsPerSecond: 2 } },
  });
  const sign = signer(4);
  const sends = Array.from({ length: 40 }, (_, nonce) => {
    const { raw } = sign({ chainId, nonce, to: '0x00000000000000000000000000000000000000bb' });
    return stack.rpc('eager', 'eth_sendRawTransaction', [raw]);
  });
  const outcomes = await Promise.allSettled(sends);
  const refused = outcomes.filter((each) => each.status === 'rejected').map(({ reason }) => reason);
  expect(refused.length).toBeGreaterThan(20);
  const limit = 'transactionsPerSecond';
  for (const error of refused) {
    expect(error).toMatchObject({
      code: -32005,
      data: { code: 'LIMIT_EXCEEDED', limit, retryAfterMs: expect.any(Number) },
    });
  }
  await waitUntil('the hits are told', 10_000, async () => {
    const { live } = (await show('eager')).status;
    return live?.limitHits[limit] === refused.length;
  });
}, 60_000);

it('changes the size of a running chain under load, without a restart', async () => {
  const events = async () =>
    (await stack.api('GET', `/chains/${QUIET}/events?limit=100`)).body.items;
  for (const size of ['medium', 'large', 'small']) {
    await patch(QUIET, { size });
    const sizes = (await events())
      .filter(({ type }: { type: string }) => type === 'chain.limits')
      .map(({ data }: { data: { size: string } }) => data.size);
    expect(sizes).toContain(size);
  }
  expect(stack.chainPid(QUIET)).toBe(quietPid);
}, 60_000);

it('promises no more than the host has, says what is short, and counts what rests', async () => {
  const fleet = async () => (await stack.api('GET', '/fleet')).body.capacity;
  const before = await fleet();
  expect(before.capacity.memoryMb).toBe(CAPACITY_MB);
  const share = Math.floor(before.free.memoryMb * 0.8);
  const limits = { reserved: { memoryMb: share } };
  await stack.createChain('wide', { limits });
  expect((await fleet()).free.memoryMb).toBe(before.free.memoryMb - share);
  const again = () => stack.api('POST', '/chains', { name: 'wider', spec: { limits } });
  const { status, body } = await again();
  expect([status, body.code]).toEqual([503, 'NO_CAPACITY']);
  expect(body.detail).toMatch(/short of \d+ of 6000 MB of memory; pause, delete or shrink/);
  const grow = await stack.api('PATCH', '/chains/wide', {
    spec: { limits: { reserved: { memoryMb: CAPACITY_MB } } },
  });
  expect([grow.status, grow.body.code]).toEqual([503, 'NO_CAPACITY']);
  await stack.api('POST', '/chains/wide/pause?wait=running');
  await waitUntil('it rests', 30_000, async () => (await show('wide')).status.phase === 'Paused');
  expect((await again()).status).toBe(201);
  const resume = await stack.api('POST', '/chains/wide/resume');
  expect([resume.status, resume.body.code]).toEqual([503, 'NO_CAPACITY']);
}, 90_000);

it('has lost nothing of the quiet chain', async () => {
  await quiet.stop();
  expect(stack.chainPid(QUIET)).toBe(quietPid);
  expect((await show(QUIET)).status.restarts).toBe(0);
  expect(quiet.acknowledged.length).toBeGreaterThan(20);
  expect(await countMined(stack, QUIET, quiet.acknowledged)).toEqual({ lost: [], doubled: [] });
}, 180_000);
