import { ChainMeter } from './chain-meter.js';
import { DEFAULT_LIMITS } from './default-limits.js';

const LIMITS = {
  ...DEFAULT_LIMITS,
  requestsPerSecond: 10,
  requestBurst: 10,
  bytesPerSecond: 1_000,
  computeMsPerSecond: 100,
  computeBurstMs: 100,
};
const never = new AbortController().signal;
const take = (meter: ChainMeter, client: string, count: number, now = 0) =>
  Array.from({ length: count }, () => meter.take(client, now)?.limit ?? 'ok');

describe('ChainMeter', () => {
  it('names the limit that was met, and when it is worth trying again', () => {
    const meter = new ChainMeter(LIMITS, 0);
    expect(take(meter, 'a', 10)).toEqual(Array(10).fill('ok'));
    expect(meter.take('a', 0)).toEqual({ limit: 'requestsPerSecond', retryAfterMs: 100 });
    meter.debitBytes('a', 3_000, 0);
    expect(meter.take('a', 0)).toEqual({ limit: 'bytesPerSecond', retryAfterMs: 1_000 });
    meter.debitCompute('a', 600_000, 0);
    expect(meter.take('a', 0)).toEqual({ limit: 'computeMsPerSecond', retryAfterMs: 5_000 });
    expect(meter.take('a', 5_000)).toBeUndefined();
  });

  it('gives one client no more than its share, and leaves the rest to others', () => {
    const meter = new ChainMeter({ ...LIMITS, keyShare: 0.5 }, 0);
    expect(take(meter, 'a', 6)).toEqual([...Array(5).fill('ok'), 'requestsPerSecond']);
    expect(take(meter, 'b', 6)).toEqual([...Array(5).fill('ok'), 'requestsPerSecond']);
    expect(take(meter, 'c', 1)).toEqual(['requestsPerSecond']);
    meter.debitCompute('a', 80_000, 1_000);
    expect(meter.take('a', 1_000)?.limit).toBe('computeMsPerSecond');
    expect(meter.take('b', 1_000)).toBeUndefined();
  });

  it('never refuses without limits', () => {
    const none = Object.fromEntries(Object.keys(LIMITS).map((name) => [name, null]));
    const meter = new ChainMeter(none as unknown as typeof LIMITS, 0);
    meter.debitBytes('a', 1e12, 0);
    meter.debitCompute('a', 1e12, 0);
    expect(take(meter, 'a', 1_000)).toEqual(Array(1_000).fill('ok'));
    for (let i = 0; i < 1_000; i++) expect(meter.enter('read', never)).toBe(true);
  });

  it('takes new limits over at once', () => {
    const meter = new ChainMeter(LIMITS, 0);
    take(meter, 'a', 10);
    meter.resize({ ...LIMITS, requestsPerSecond: 1_000, requestBurst: 1_000 }, 0);
    expect(meter.take('a', 0)?.retryAfterMs).toBe(1);
    meter.resize({ ...LIMITS, requestsPerSecond: null, requestBurst: null }, 0);
    expect(meter.take('a', 0)).toBeUndefined();
  });

  it('lets so many in at once, and the others in their order', async () => {
    const meter = new ChainMeter({ ...LIMITS, inFlight: 2 }, 0);
    const order: string[] = [];
    const gone = new AbortController();
    expect([meter.enter('read', never), meter.enter('read', never)]).toEqual([true, true]);
    const waiting = ['third', 'gone', 'fourth'].map(async (name) => {
      if (await meter.enter('read', name === 'gone' ? gone.signal : never)) order.push(name);
    });
    gone.abort();
    await waiting[1];
    expect(order).toEqual([]);
    meter.leave('read');
    meter.leave('read');
    await Promise.all(waiting);
    expect(order).toEqual(['third', 'fourth']);
    meter.leave('read');
    expect(meter.enter('read', never)).toBe(true);
  });

  it('gives half of the places at most to those whose body is still to come', async () => {
    const meter = new ChainMeter({ ...LIMITS, inFlight: 4 }, 0);
    expect([meter.enter('unread', never), meter.enter('unread', never)]).toEqual([true, true]);
    let third = false;
    const waiting = Promise.resolve(meter.enter('unread', never)).then(() => {
      third = true;
    });
    expect([meter.enter('read', never), meter.enter('read', never)]).toEqual([true, true]);
    meter.leave('read');
    expect(meter.enter('read', never)).toBe(true);
    expect(third).toBe(false);
    meter.leave('unread');
    await waiting;
  });

  it('lets those in who wait when there are more places', async () => {
    const meter = new ChainMeter({ ...LIMITS, inFlight: 1 }, 0);
    meter.enter('read', never);
    const waiting = meter.enter('read', never);
    meter.resize({ ...LIMITS, inFlight: null }, 0);
    expect(await waiting).toBe(true);
  });
});
