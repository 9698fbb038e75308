import type { Heartbeat } from '@flotilla/messaging';
import { SimulatedClock } from '@flotilla/testing';
import { LiveChains } from './live-chains.js';

const beat = (txTotal: number, instanceId = 'a') =>
  ({
    instanceId,
    head: { number: 1, hash: '0x01', stateRoot: '0x02', timestamp: 3 },
    safe: { number: 0, hash: '0x00' },
    finalized: { number: 0, hash: '0x00' },
    txpool: { pending: 1, queued: 2 },
    txTotal,
    rssBytes: 5,
    cpuSeconds: 6,
  }) as Heartbeat;

it('averages transactions per second over ten seconds', async () => {
  const clock = new SimulatedClock();
  const live = new LiveChains(clock);
  for (let second = 0; second < 30; second++) {
    live.note('shop', beat(second < 15 ? 0 : (second - 15) * 100));
    await clock.advance(1_000);
  }
  expect(live.get('shop')?.live).toMatchObject({ tps: 100, txpool: { pending: 1, queued: 2 } });
});

it('does not count backwards over a restart of the process', async () => {
  const clock = new SimulatedClock();
  const live = new LiveChains(clock);
  live.note('shop', beat(1_000));
  await clock.advance(1_000);
  live.note('shop', beat(0, 'b'));
  expect(live.get('shop')?.live.tps).toBe(0);
});

it('knows nothing of a chain that has fallen silent', async () => {
  const clock = new SimulatedClock();
  const live = new LiveChains(clock);
  live.note('shop', beat(0));
  await clock.advance(11_000);
  expect(live.names()).toEqual(['shop']);
  await clock.advance(1);
  expect(live.get('shop')).toBeUndefined();
  expect(live.names()).toEqual([]);
});
