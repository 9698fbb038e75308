import { PASSIVE_METHODS, passiveAnswer } from '@flotilla/messaging';
import type { RpcContext } from '@flotilla/rpc';
import { SimulatedClock } from '@flotilla/testing';
import { Activity } from '../activity.js';
import { noticing } from './noticing.js';

describe('noticing use', () => {
  const clock = new SimulatedClock();
  const activity = new Activity();
  let changes: unknown[] = [];
  const ask = (context: RpcContext, name: string, params: readonly unknown[]) => {
    const plain = { name, handle: async () => changes };
    return noticing([plain], new Activity(activity.memory), clock)[0].handle(params, context);
  };
  const call = (name: string, ...params: unknown[]) => ask({}, name, params);

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

  it.each([
    ['eth_getBlockByNumber', 'finalized', false],
    ['flotilla_status'],
    ['flotilla_checkpoint'],
  ])('counts %s when a client asks, not the control plane', (name, ...params) => {
    void ask({ client: 'key-1' }, name, params);
    expect(activity.idleMs(clock.now())).toBe(0);
  });

  it('lets clients keep a chain awake by whatever would wake it', async () => {
    const asleep = { name: 'shop', chainId: 1, latestBlock: { number: '0x1' }, gasPrice: '0x1' };
    const others = ['eth_call', 'eth_maxPriorityFeePerGas', 'eth_feeHistory', 'flotilla_status'];
    const tags = ['latest', 'safe', 'finalized', 'pending', 'earliest', '0x1'];
    for (const method of [...PASSIVE_METHODS, ...others]) {
      for (const params of [
        [],
        ...tags.flatMap((tag) => [
          [tag, false],
          [tag, true],
        ]),
      ]) {
        await clock.advance(1_000);
        void ask({ client: 'key-1' }, method, params);
        const isUse = activity.idleMs(clock.now()) === 0;
        const wakes = passiveAnswer(method, params, asleep) === undefined;
        expect({ method, params, isUse }).toEqual({ method, params, isUse: wakes });
      }
      activity.touch(clock.now());
    }
  });

  it('counts a polled filter only when there is news', async () => {
    await call('eth_getFilterChanges', '0x1');
    expect(activity.idleMs(clock.now())).toBe(1_000);
    changes = ['0xhash'];
    expect(await call('eth_getFilterChanges', '0x1')).toEqual(['0xhash']);
    expect(activity.idleMs(clock.now())).toBe(0);
  });
});
