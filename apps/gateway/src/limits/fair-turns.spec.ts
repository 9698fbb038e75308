import { FairTurns } from './fair-turns.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('FairTurns', () => {
  it('lets a few begin at once', () => {
    const turns = new FairTurns();
    expect(Array.from({ length: 8 }, () => turns.enter('a'))).toEqual(Array(8).fill(undefined));
    expect(turns.enter('a')).toBeInstanceOf(Promise);
    expect(turns.enter('b')).toBeUndefined();
  });

  it('gives each chain one turn before any gets a second', async () => {
    const turns = new FairTurns();
    const order: string[] = [];
    const enter = (chain: string) => void turns.enter(chain)?.then(() => order.push(chain));
    for (let i = 0; i < 8 + 100; i++) enter('flood');
    for (let i = 0; i < 8 + 2; i++) enter('quiet');
    await turn();
    await turn();
    expect(order.slice(0, 4)).toEqual(['flood', 'quiet', 'flood', 'quiet']);
    // A turn of the event loop holds so many, and no more.
    expect(order.length).toBeLessThan(40);
    while (order.length < 102) await turn();
    expect(order.filter((chain) => chain === 'flood')).toHaveLength(100);
  });

  it('does not let newcomers overtake those of their chain who wait', async () => {
    const turns = new FairTurns();
    const order: number[] = [];
    for (let i = 0; i < 8 + 30; i++) void turns.enter('a')?.then(() => order.push(i));
    await turn();
    expect(turns.enter('a')).toBeInstanceOf(Promise);
    while (order.length < 30) await turn();
    expect(order).toEqual(Array.from({ length: 30 }, (_, i) => i + 8));
  });
});
