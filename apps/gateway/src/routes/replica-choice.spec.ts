import { ReplicaChoice } from './replica-choice.js';

const producer = { rpcUrl: 'http://p', wsUrl: 'ws://p' };
const shared = { ...producer, replicas: [{ rpcUrl: 'http://a' }, { rpcUrl: 'http://b' }] };

describe('ReplicaChoice', () => {
  it('sends everything to the producer of a chain without replicas, as it is', () => {
    const choice = new ReplicaChoice(() => 0);
    expect(choice.choose('shop', producer)).toEqual({ rpcUrl: 'http://p' });
  });

  it('takes turns, and tells replicas the newest block that was seen', () => {
    const choice = new ReplicaChoice(() => 0);
    // Before an answer has said where the chain stands, no replica can be held to it.
    expect(choice.choose('shop', shared).rpcUrl).toBe('http://p');
    choice.answered('shop', { 'flotilla-block': '7' });
    const chosen = [1, 2, 3, 4].map(() => choice.choose('shop', shared));
    expect(chosen.map(({ rpcUrl }) => rpcUrl)).toEqual([
      ...['http://a', 'http://b', 'http://p', 'http://a'],
    ]);
    expect(chosen[0].minBlock).toBe(7);
    choice.answered('shop', { 'flotilla-block': '6' });
    expect(choice.choose('shop', shared).minBlock).toBe(7);
  });

  it('passes over what could not be reached, for a while', () => {
    let now = 0;
    const choice = new ReplicaChoice(() => now);
    choice.choose('shop', shared);
    choice.answered('shop', { 'flotilla-block': '1' });
    choice.unreachable('shop', 'http://a');
    const turns = () => new Set([1, 2, 3, 4, 5, 6].map(() => choice.choose('shop', shared).rpcUrl));
    expect(turns()).toEqual(new Set(['http://b', 'http://p']));
    now = 1_001;
    expect(turns()).toEqual(new Set(['http://a', 'http://b', 'http://p']));
  });
});
