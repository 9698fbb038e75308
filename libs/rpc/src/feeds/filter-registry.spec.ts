import { SimulatedClock } from '@flotilla/testing';
import type { Feed, Push } from '../session.js';
import { FilterRegistry } from './filter-registry.js';

const options = { maxFilters: 2, maxEvents: 3, maxChars: 100, lifetimeMs: 1000 };

function setup() {
  const pushes = new Set<Push>();
  const clock = new SimulatedClock();
  const feed: Feed = (push) => {
    pushes.add(push);
    return () => pushes.delete(push);
  };
  const emit = (text: string) => {
    for (const push of [...pushes]) push(text);
  };
  return { registry: new FilterRegistry(options, { clock }), clock, feed, emit, pushes };
}

describe('FilterRegistry', () => {
  it('gathers events between polls', () => {
    const { registry, feed, emit } = setup();
    const id = registry.add(feed);
    expect(id).toMatch(/^0x[1-9a-f][0-9a-f]*$/);
    emit('"a"');
    emit('{"b":1}');
    expect(registry.take(id)).toEqual(['a', { b: 1 }]);
    expect(registry.take(id)).toEqual([]);
  });

  it('says so once when there were more events than it holds, and goes on', () => {
    const { registry, feed, emit } = setup();
    const id = registry.add(feed);
    for (let i = 0; i < 5; i++) emit('1');
    expect(() => registry.take(id)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
    emit('2');
    expect(registry.take(id)).toEqual([2]);
  });

  it('keeps no more than so many characters over all filters', () => {
    const { registry, feed, emit } = setup();
    const [first, second] = [registry.add(feed), registry.add(feed)];
    emit(`"${'x'.repeat(58)}"`);
    expect(registry.take(first)).toHaveLength(1);
    expect(() => registry.take(second)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
    emit('1');
    expect(registry.take(second)).toEqual([1]);
  });

  it('limits filters, and forgets those that nobody polls', async () => {
    const { registry, feed, clock, pushes } = setup();
    const first = registry.add(feed);
    registry.add(feed);
    expect(() => registry.add(feed)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
    await clock.advance(900);
    registry.take(first);
    await clock.advance(200);
    registry.add(feed);
    expect(registry.take(first)).toEqual([]);
    expect(pushes.size).toBe(2);
  });

  it('stops gathering for a filter that nobody polls', async () => {
    const { registry, feed, clock, emit, pushes } = setup();
    const id = registry.add(feed);
    await clock.advance(1001);
    emit('1');
    expect(pushes.size).toBe(0);
    expect(() => registry.take(id)).toThrow(expect.objectContaining({ code: 'FILTER_NOT_FOUND' }));
  });

  it('knows the criteria of log filters only', () => {
    const { registry, feed } = setup();
    const criteria = { addresses: [] };
    expect(registry.criteria(registry.add(feed, criteria))).toBe(criteria);
    expect(() => registry.criteria(registry.add(feed))).toThrow(
      expect.objectContaining({ code: 'FILTER_NOT_FOUND' }),
    );
  });
});
