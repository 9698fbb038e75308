import { readFileSync } from 'node:fs';
import { ChainProcess, type RpcAnswer } from '../chain-process.js';

const CHAIN_ID = 2_147_484_004;
const INTERVAL_MS = 500;
/** `calls.timeoutMs` of the chain under test. */
const DEADLINE_MS = 1_000;
/** What machine and queue may add: the suite runs beside others. */
const SLACK_MS = 5_000;
const MAX_GROWTH_MB = 300;
const TARGET = `0x${'c0'.repeat(20)}`;

const hex = (value: number, bytes: number) => value.toString(16).padStart(2 * bytes, '0');

/** JUMPDEST, the body, PUSH0, JUMP: until the gas or the time is used up. */
const loop = (body: string) => `0x5b${body}5f56`;

/** STATICCALL with all gas to a precompile, on `length` bytes of zeros, the result dropped. */
const precompile = (address: number, length: number) =>
  `5f5f62${hex(length, 3)}5f61${hex(address, 2)}5afa50`;

const CODES: Readonly<Record<string, string>> = {
  'an infinite loop': loop(''),
  // MSTORE a page further each time; memory costs its square.
  'a memory bomb': '0x5f5b611000015f8152600156',
  // MSTORE far away: the gas for it is not there.
  'a distant store': `0x5f640fffffffff52`,
  // CALL to itself with all gas but one 64th, as deep as that goes.
  'a deep call stack': `0x5f5f5f5f5f305af15000`,
  'pairings of nothing, one after another': loop(precompile(0x08, 192 * 20)),
  'multiplications on BLS12-381': loop(precompile(0x0e, 288 * 16)),
  'maps to BLS12-381': loop(precompile(0x11, 128)),
};

let chain: ChainProcess;

beforeAll(async () => {
  chain = new ChainProcess(CHAIN_ID, {
    profile: 'dev',
    sealing: { mode: 'interval', intervalMs: INTERVAL_MS },
    calls: { timeoutMs: DEADLINE_MS },
    logs: { blocks: 2 },
  });
  await chain.start();
}, 60_000);

afterAll(() => chain?.remove());

/** Anonymous memory of the process, in MiB. */
function residentMb(): number {
  const status = readFileSync(`/proc/${chain.pid}/status`, 'utf8');
  return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

const call = (code: string): [string, unknown[]] => [
  'eth_call',
  [{ to: TARGET, gas: '0x1c9c380' }, 'latest', { [TARGET]: { code } }],
];

/** What the request takes, in time and memory, and that the chain goes on meanwhile. */
async function during<Result>(request: () => Promise<Result>) {
  const before = residentMb();
  const head = Number(await chain.rpc('eth_blockNumber'));
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMb());
  }, 20);
  const startedAt = Date.now();
  const result = await request();
  const tookMs = Date.now() - startedAt;
  clearInterval(watch);
  // The blocks of that time, and the next: the cadence is kept or caught up with.
  await new Promise((resolve) => setTimeout(resolve, 2 * INTERVAL_MS));
  const sealed = Number(await chain.rpc('eth_blockNumber')) - head;
  expect(sealed).toBeGreaterThanOrEqual(Math.floor(tookMs / INTERVAL_MS / 4) + 1);
  return { result, tookMs, grownMb: peak - before };
}

function expectCoded({ error, result }: RpcAnswer): void {
  if (error === undefined) expect(result).toEqual(expect.any(String));
  else expect(error).toMatchObject({ code: expect.any(Number), message: expect.any(String) });
}

it.each(Object.entries(CODES))(
  'ends %s in bounded time and memory',
  async (name, code) => {
    const { result, tookMs, grownMb } = await during(() => chain.ask(...call(code)));
    console.log(
      `${name}: ${tookMs} ms, +${grownMb.toFixed(0)} MB, ${JSON.stringify(result.error)}`,
    );
    expectCoded(result);
    expect(tookMs).toBeLessThan(DEADLINE_MS + SLACK_MS);
    expect(grownMb).toBeLessThan(MAX_GROWTH_MB);
  },
  60_000,
);

it('answers a batch of a thousand reads', async () => {
  const requests = Array.from({ length: 1_000 }, (): [string, unknown[]] => [
    'eth_getBalance',
    [TARGET, 'latest'],
  ]);
  const { result, grownMb } = await during(() => chain.batch(requests));
  expect(result).toHaveLength(1_000);
  expect(result.every((answer) => answer.result === '0x0')).toBe(true);
  expect(grownMb).toBeLessThan(MAX_GROWTH_MB);
}, 60_000);

it('refuses a batch of more than a thousand', async () => {
  const requests = Array.from({ length: 1_001 }, (): [string, unknown[]] => ['eth_chainId', []]);
  const [answer] = await chain.batch(requests);
  expect(answer.error?.code).toBe(-32600);
});

it('seals blocks while a batch of endless calls is answered', async () => {
  const requests = Array.from({ length: 10 }, () => call(CODES['an infinite loop']));
  const { result, grownMb } = await during(() => chain.batch(requests));
  for (const answer of result) expectCoded(answer);
  expect(grownMb).toBeLessThan(MAX_GROWTH_MB);
}, 120_000);

it('refuses a range of logs that is too wide', async () => {
  const { error } = await chain.ask('eth_getLogs', [{ fromBlock: '0x0', toBlock: 'latest' }]);
  expect(error).toMatchObject({ code: -32005, data: { code: 'LIMIT_EXCEEDED' } });
});
