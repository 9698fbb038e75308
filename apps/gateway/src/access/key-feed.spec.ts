import { silentLogger } from '@flotilla/common';
import { Messages } from '@flotilla/messaging';
import { SimulatedClock } from '@flotilla/testing';
import { KeyFeed, type KeyFeedModules } from './key-feed.js';
import { KeyTable } from './key-table.js';

const key = (name: string, tenant: string | null = 'acme') => ({ hash: name, tenant });

/** A gateway's feed, and what the control plane sends and hears. */
function feed() {
  const clock = new SimulatedClock();
  const table = new KeyTable();
  const lists: { resolve: (reply: unknown) => void; reject: (error: Error) => void }[] = [];
  let handle: (message: { data: unknown }) => void = () => {};
  const subject = new KeyFeed({
    clock,
    table,
    logger: silentLogger,
    cache: { changed() {} } as unknown as KeyFeedModules['cache'],
    messaging: {
      subscribe: (type: unknown, _chain: string, handler: typeof handle) => {
        expect(type).toBe(Messages.keyChanged);
        handle = handler;
      },
      request: () =>
        new Promise((resolve, reject) => {
          lists.push({ resolve, reject });
        }),
    } as unknown as KeyFeedModules['messaging'],
  });
  subject.subscribe();
  const change = (name: string, isRevoked: boolean) =>
    handle({ data: { ...key(name), isRevoked } });
  return { change, clock, lists, subject, table };
}

it('knows no key before it has the list, page by page', async () => {
  const { clock, lists, subject, table } = feed();
  const filled = subject.refill();
  lists[0].resolve({ keys: [key('a')], next: 'a' });
  await clock.advance(0);
  expect(table.isLoaded).toBe(false);
  lists[1].resolve({ keys: [key('b', null)] });
  await filled;
  expect(table.list()).toEqual([key('a'), key('b', null)]);
  subject.stop();
});

it('takes no older list over a change', async () => {
  const { change, lists, subject, table } = feed();
  const filled = subject.refill();
  change('a', true);
  change('c', false);
  lists[0].resolve({ keys: [key('a'), key('b')] });
  await filled;
  expect(table.list()).toEqual([key('b'), key('c')]);
  subject.stop();
});

it('asks again until the control plane answers', async () => {
  const { clock, lists, subject, table } = feed();
  void subject.refill();
  lists[0].reject(new Error('away'));
  await clock.advance(0);
  await clock.advance(1_000);
  lists[1].resolve({ keys: [key('a')] });
  await clock.advance(0);
  expect(table.size).toBe(1);
  subject.stop();
});
