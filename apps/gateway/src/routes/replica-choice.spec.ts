import { ReplicaChoice } from './replica-choice.js';

const producer = { rpcUrl: 'http://p', wsUrl: 'ws://p' };
const shared = { ...producer, replicas: [{ rpcUrl: 'http://a' }, { rpcUrl: 'http://b' }] };

/** A choice whose chain has said where it stands. */
function sharedAt(block: string, now = () => 0) {
  const choice = new ReplicaChoice(now);
  choice.finished(choice.choose('shop', shared));
  choice.answered('shop', { 'flotilla-block': block });
  return choice;
}

/** Requests that begin and are not over yet. */
const begin = (choice: ReplicaChoice, count: number) =>
  Array.from({ length: count }, () => choice.choose('shop', shared));

describe('ReplicaChoice', () => {
  it('sends everything to the producer of a chain without replicas, as it is', () => {
    const choice = new ReplicaChoice(() => 0);
    expect(choice.choose('shop', producer)).toEqual({ rpcUrl: 'http://p' });
  });

  it('spreads requests, and tells replicas the newest block that was seen', () => {
    const choice = new ReplicaChoice(() => 0);
    // Before an answer has said where the chain stands, no replica can be held to it.
    const first = begin(choice, 2);
    expect(first.map(({ rpcUrl }) => rpcUrl)).toEqual(['http://p', 'http://p']);
    for (const over of first) choice.finished(over);
    choice.answered('shop', { 'flotilla-block': '7' });
    const blocks = begin(choice, 6).map(({ rpcUrl, minBlock }) => `${rpcUrl} from ${minBlock}`);
    expect(blocks.sort()).toEqual([
      ...['http://a from 7', 'http://a from 7', 'http://b from 7', 'http://b from 7'],
      ...['http://p from 0', 'http://p from 0'],
    ]);
    choice.answered('shop', { 'flotilla-block': '6' });
    expect(begin(choice, 3).find(({ rpcUrl }) => rpcUrl === 'http://a')?.minBlock).toBe(7);
  });

  it('shares the reads of a chain that has no block but its genesis yet', () => {
    const choice = sharedAt('0');
    expect(new Set(begin(choice, 3).map(({ rpcUrl }) => rpcUrl)).size).toBe(3);
  });

  it('learns nothing from an answer that does not say its block', () => {
    const choice = new ReplicaChoice(() => 0);
    choice.choose('shop', shared);
    choice.answered('shop', {});
    expect(new Set(begin(choice, 3).map(({ rpcUrl }) => rpcUrl))).toEqual(new Set(['http://p']));
  });

  it('sends nothing more to the one that does not answer while another one does', () => {
    const choice = sharedAt('1');
    const stuck = begin(choice, 3).find(({ rpcUrl }) => rpcUrl === 'http://b');
    for (let round = 0; round < 10; round++) {
      // What goes to b stays there; all else is answered at once.
      const next = choice.choose('shop', shared);
      if (next.rpcUrl !== stuck?.rpcUrl) choice.finished(next);
    }
    const waiting = begin(choice, 12).filter(({ rpcUrl }) => rpcUrl === 'http://b');
    expect(waiting.length).toBeLessThanOrEqual(4);
  });

  it('takes turns when all are idle', () => {
    const choice = sharedAt('1');
    const asked = Array.from({ length: 6 }, () => {
      const next = choice.choose('shop', shared);
      choice.finished(next);
      return next.rpcUrl;
    });
    expect(new Set(asked.slice(0, 3))).toEqual(new Set(['http://a', 'http://b', 'http://p']));
    expect(asked.slice(3)).toEqual(asked.slice(0, 3));
  });

  it('passes over what could not be reached, for a while', () => {
    let now = 0;
    const choice = sharedAt('1', () => now);
    const begun = begin(choice, 3);
    for (const next of begun) {
      if (next.rpcUrl === 'http://a') choice.unreachable(next);
      choice.finished(next);
    }
    const turns = () => {
      const asked = begin(choice, 6);
      for (const next of asked) choice.finished(next);
      return new Set(asked.map(({ rpcUrl }) => rpcUrl));
    };
    expect(turns()).toEqual(new Set(['http://b', 'http://p']));
    now = 1_001;
    expect(turns()).toEqual(new Set(['http://a', 'http://b', 'http://p']));
  });
});
