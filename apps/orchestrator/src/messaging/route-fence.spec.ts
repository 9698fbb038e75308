import { silentLogger } from '@flotilla/common';
import { SimulatedClock } from '@flotilla/testing';
import { RouteFence, type RouteFenceModules } from './route-fence.js';

/** A control plane whose messages take their time to the gateways. */
function control({ connected = true } = {}) {
  const clock = new SimulatedClock();
  const sent: string[] = [];
  const outbox: (() => void)[] = [];
  const fence = new RouteFence({
    clock,
    logger: silentLogger,
    announcer: { sent: () => new Promise((resolve) => outbox.push(resolve)) },
    messaging: {
      publish: (_type: unknown, _chain: string, data: { fence: string }) => {
        if (connected) sent.push(data.fence);
        return connected;
      },
    } as RouteFenceModules['messaging'],
  });
  const wait = () => {
    const state = { isOver: false };
    void fence.passed().then(() => {
      state.isOver = true;
    });
    return state;
  };
  const drain = async () => {
    for (const resolve of outbox.splice(0)) resolve();
    await clock.advance(0);
  };
  return { clock, drain, fence, sent, wait };
}

describe('RouteFence', () => {
  it('waits until the outbox is sent, and every gateway has confirmed what came after it', async () => {
    const { clock, drain, fence, sent, wait } = control();
    fence.heard('one');
    fence.heard('two');
    const answer = wait();
    await clock.advance(100);
    expect(sent).toEqual([]);
    await drain();
    expect(sent).toHaveLength(1);
    fence.seen({ gateway: 'one', fence: sent[0] });
    fence.seen({ gateway: 'two', fence: 'of somebody else' });
    await clock.advance(1_000);
    expect(answer.isOver).toBe(false);
    fence.seen({ gateway: 'two', fence: sent[0] });
    await clock.advance(0);
    expect(answer.isOver).toBe(true);
  });

  it('waits for nobody where there is no gateway, or no way to one', async () => {
    const { drain, sent, wait } = control();
    const alone = wait();
    await drain();
    expect(alone.isOver).toBe(true);
    expect(sent).toEqual([]);
    const away = control({ connected: false });
    away.fence.heard('one');
    const answer = away.wait();
    await away.drain();
    expect(answer.isOver).toBe(true);
  });

  it('gives a silent gateway up once, until it is heard again', async () => {
    const { clock, drain, fence, sent, wait } = control();
    fence.heard('gone');
    const first = wait();
    await drain();
    await clock.advance(2_999);
    expect(first.isOver).toBe(false);
    await clock.advance(1);
    expect(first.isOver).toBe(true);
    const second = wait();
    await drain();
    expect(second.isOver).toBe(true);
    fence.seen({ gateway: 'gone', fence: sent[0] });
    const third = wait();
    await drain();
    expect(third.isOver).toBe(false);
  });

  it('forgets a gateway that asks for no routes any more', async () => {
    const { clock, drain, fence, sent, wait } = control();
    fence.heard('gone');
    await clock.advance(80_000);
    fence.heard('here');
    const answer = wait();
    await drain();
    fence.seen({ gateway: 'here', fence: sent[0] });
    await clock.advance(0);
    expect(answer.isOver).toBe(true);
  });

  it('does not wait for a database that is away', async () => {
    const { clock, fence, wait } = control();
    fence.heard('one');
    const answer = wait();
    await clock.advance(3_000);
    expect(answer.isOver).toBe(true);
  });
});
