import { SimulatedClock } from '@flotilla/testing';
import { Activity } from '../activity.js';
import { noticing } from './noticing.js';

describe('noticing use', () => {
  const clock = new SimulatedClock();
  const activity = new Activity();
  let changes: unknown[] = [];
  const call = (name: string, ...params: unknown[]) => {
    const plain = { name, handle: async () => changes };
    return noticing([plain], new Activity(activity.memory), clock)[0].handle(params, {});
  };

  beforeEach(async () => {
    activity.touch(clock.now());
    await clock.advance(1_000);
    changes = [];
  });

  it.each([
    ['eth_sendRawTransaction', '0x'],
    ['eth_call', {}],
    ['eth_getBalance', '0x', 'latest'],
    ['eth_getBlockByNumber', 'latest', true],
    ['eth_getBlockByNumber', '0x1', false],
    ['eth_subscribe', 'newHeads'],
    ['debug_traceTransaction', '0x'],
  ])('counts %s', (name, ...params) => {
    void call(name, ...params);
    expect(activity.idleMs(clock.now())).toBe(0);
  });

  it.each([
    ['eth_blockNumber'],
    ['eth_chainId'],
    ['net_version'],
    ['eth_gasPrice'],
    ['eth_getBlockByNumber', 'latest', false],
    ['eth_getBlockByNumber', 'finalized', false],
    ['flotilla_status'],
  ])('does not count %s', (name, ...params) => {
    void call(name, ...params);
    expect(activity.idleMs(clock.now())).toBe(1_000);
  });

  it('counts a polled filter only when there is news', async () => {
    await call('eth_getFilterChanges', '0x1');
    expect(activity.idleMs(clock.now())).toBe(1_000);
    changes = ['0xhash'];
    expect(await call('eth_getFilterChanges', '0x1')).toEqual(['0xhash']);
    expect(activity.idleMs(clock.now())).toBe(0);
  });
});
