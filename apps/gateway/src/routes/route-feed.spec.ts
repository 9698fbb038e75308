import { silentLogger } from '@flotilla/common';
import { Messages, Requests, type Route } from '@flotilla/messaging';
import { SimulatedClock } from '@flotilla/testing';
import { RouteFeed, type RouteFeedModules } from './route-feed.js';
import { RouteTable } from './route-table.js';

const route = (phase: string): Route => ({ name: 'shop', chainId: 7, phase });

/** A gateway's feed, and what the control plane sends and hears. */
function feed() {
  const clock = new SimulatedClock();
  const table = new RouteTable(clock);
  const handlers = new Map<unknown, (message: { data: unknown }) => void>();
  /** Requests that were made, in order; lists wait for `answer`. */
  const asked: { type: unknown; data: unknown; answer: (reply: unknown) => void }[] = [];
  const subject = new RouteFeed({
    gateway: 'gateway-1',
    clock,
    table,
    logger: silentLogger,
    cache: { changed() {} } as unknown as RouteFeedModules['cache'],
    messaging: {
      subscribe: (type: unknown, _chain: string, handler: (message: { data: unknown }) => void) =>
        handlers.set(type, handler),
      request: (type: unknown, _chain: string, data: unknown) =>
        new Promise((answer) => asked.push({ type, data, answer })),
    } as unknown as RouteFeedModules['messaging'],
  });
  subject.subscribe();
  const send = (type: unknown, data: unknown) => handlers.get(type)?.({ data });
  return { asked, clock, send, subject, table };
}

describe('RouteFeed', () => {
  it('confirms a fence with its own name when it knows what came before', () => {
    const { asked, send, table } = feed();
    send(Messages.routeChanged, route('Running'));
    send(Messages.routesFence, { fence: 'f1' });
    expect(table.get('shop')?.phase).toBe('Running');
    expect(asked).toMatchObject([
      { type: Requests.routesSeen, data: { gateway: 'gateway-1', fence: 'f1' } },
    ]);
  });

  it('takes no older list over a change, however many lists are under way', async () => {
    const { asked, clock, send, subject, table } = feed();
    const first = subject.refill();
    send(Messages.routeChanged, route('Running'));
    const second = subject.refill();
    asked[0].answer({ routes: [route('Sleeping')] });
    await first;
    expect(table.get('shop')?.phase).toBe('Running');
    asked[1].answer({ routes: [route('Running')] });
    await second;
    expect(asked.map(({ data }) => data)).toEqual([
      { gateway: 'gateway-1' },
      { gateway: 'gateway-1' },
    ]);
    subject.stop();
    await clock.advance(60_000);
    expect(asked).toHaveLength(2);
  });
});
