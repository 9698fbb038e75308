import { SimulatedClock } from '@flotilla/testing';
import { InclusionWatch } from './inclusion-watch.js';
import { type RpcCall, rpcEndpoint, SendRefusal } from './rpc-endpoint.js';
import { type LoadOptions, type LoadSender, runLoad } from './run-load.js';

const ANSWER_MS = 10;
const BLOCK_MS = 1_000;

/** A chain that answers a send after 10 ms and seals each second; it ends when the test says so. */
class FakeChain {
  readonly clock = new SimulatedClock();
  readonly blocks: string[][] = [];
  readonly mined = new Set<string>();
  #pool: string[] = [];
  sent = 0;
  synchronized = 0;

  constructor(private readonly fault: { refuseEach?: number; stopAfter?: number } = {}) {}

  readonly timer = {
    now: () => this.clock.now(),
    sleep: (ms: number) => new Promise<void>((resolve) => void this.clock.after(ms, resolve)),
  };

  readonly call = (async (method: string, tag: string) =>
    method === 'eth_blockNumber'
      ? `0x${this.blocks.length.toString(16)}`
      : { transactions: this.blocks[Number(tag) - 1] }) as RpcCall;

  sender(): LoadSender {
    return {
      synchronize: async () => void this.synchronized++,
      sign: async () => 'raw',
      send: async () => {
        const number = ++this.sent;
        await this.timer.sleep(ANSWER_MS);
        if (this.fault.refuseEach !== undefined && number % this.fault.refuseEach === 0) {
          throw new SendRefusal('POOL_FULL', 'txpool is full');
        }
        this.#pool.push(`hash ${number}`);
        return `hash ${number}`;
      },
    };
  }

  async load(options: LoadOptions, senders: number) {
    const watch = new InclusionWatch(this.call, this.timer.now, 1);
    const modules = {
      watch,
      timer: this.timer,
      senders: Array.from({ length: senders }, () => this.sender()),
    };
    let running = true;
    const report = runLoad(options, modules).finally(() => {
      running = false;
    });
    for (let elapsed = 10; running; elapsed += 10) {
      await this.clock.advance(10);
      if (elapsed % BLOCK_MS !== 0 || this.blocks.length === this.fault.stopAfter) continue;
      this.blocks.push(this.#pool);
      this.#pool = [];
    }
    return report;
  }
}

it('sends as fast as answers come, waits until all is mined, and reports both latencies', async () => {
  const chain = new FakeChain();
  const report = await chain.load({ seconds: 2 }, 4);
  expect(report).toMatchObject({ missing: 0, errors: {}, mined: report.sent });
  expect(report.sentPerSecond).toBeGreaterThan(350);
  expect(report.sentPerSecond).toBeLessThanOrEqual(400);
  expect(report.sendLatencyMs).toEqual({ p50: ANSWER_MS, p99: ANSWER_MS });
  expect(report.inclusionLatencyMs.p50).toBeGreaterThan(400);
  expect(report.inclusionLatencyMs.p99).toBeLessThanOrEqual(BLOCK_MS + 100);
});

it('keeps to a rate', async () => {
  const { sent } = await new FakeChain().load({ seconds: 5, rate: 20 }, 8);
  expect(sent).toBeGreaterThanOrEqual(95);
  expect(sent).toBeLessThanOrEqual(101);
});

it('counts refusals by code, and asks for the nonce again after each', async () => {
  const chain = new FakeChain({ refuseEach: 5 });
  const progress: number[] = [];
  const report = await chain.load(
    { seconds: 2, onProgress: ({ errors }) => progress.push(errors) },
    2,
  );
  const refused = report.errors.POOL_FULL;
  expect(refused).toBeGreaterThan(5);
  expect(chain.synchronized).toBe(2 + refused);
  expect(report.sent + refused).toBe(chain.sent);
  expect(progress.at(-1)).toBe(refused);
});

it('gives up on a chain that no longer mines, and says how much is missing', async () => {
  const report = await new FakeChain({ stopAfter: 1 }).load({ seconds: 3 }, 1);
  expect(report.mined).toBeGreaterThan(50);
  expect(report.missing).toBe(report.sent - report.mined);
  expect(report.missing).toBeGreaterThan(150);
});

it.each<[() => Promise<Response>, string]>([
  [
    async () =>
      Response.json({
        error: { code: -32000, message: 'x', data: { code: 'SENDER_NOT_ALLOWED' } },
      }),
    'SENDER_NOT_ALLOWED',
  ],
  [async () => Response.json({ error: { code: -32000, message: 'x' } }, { status: 503 }), '-32000'],
  [async () => new Response('Bad Gateway', { status: 502 }), 'HTTP 502'],
  [() => Promise.reject(new TypeError('fetch failed')), 'UNREACHABLE'],
])('names a refusal by its code: %#', async (answer, code) => {
  const call = rpcEndpoint('http://127.0.0.1:1', undefined, answer as typeof fetch);
  await expect(call('eth_chainId')).rejects.toMatchObject({ code });
});
