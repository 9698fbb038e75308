import { SimulatedClock } from '@flotilla/testing';
import { StartGate } from './start-gate.js';

function gateOf(atOnce: number, warmNodes = () => 0, atOnceFromDeepPool = atOnce) {
  const clock = new SimulatedClock();
  const options = { atOnce, atOnceFromDeepPool, holdMs: 3_000 };
  const gate = new StartGate(options, { clock, warmNodes });
  const called: string[] = [];
  gate.onTurn((id) => called.push(id));
  const enter = (id: string, tenant = 'acme') => gate.enter({ id, tenant });
  return { gate, clock, called, enter };
}

describe('the start gate', () => {
  it('lets so many in, and calls the others in order as room is made', () => {
    const { gate, called, enter } = gateOf(2);
    expect(['a', 'b', 'c', 'd', 'c'].map((id) => enter(id))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(gate.waiting).toBe(2);
    gate.leave('a');
    expect(called).toEqual(['c']);
    expect([enter('c'), enter('d'), gate.waiting]).toEqual([true, false, 1]);
    gate.leave('c');
    gate.leave('b');
    expect(called).toEqual(['c', 'd']);
  });

  it('lets more in while many booted nodes wait for them', () => {
    let warm = 3;
    const { gate, called, enter } = gateOf(1, () => warm, 2);
    expect([enter('a'), enter('b')]).toEqual([true, true]);
    warm = 2;
    expect([enter('c'), enter('d')]).toEqual([false, false]);
    gate.leave('a');
    expect(called).toEqual([]);
    gate.leave('b');
    expect(called).toEqual(['c']);
  });

  it('lets tenants take turns, however many chains one of them has waiting', () => {
    const { gate, called, enter } = gateOf(1);
    for (const id of ['a1', 'a2', 'a3']) enter(id, 'acme');
    enter('b1', 'other');
    for (const id of ['a1', 'a2', 'b1']) gate.leave(id);
    expect(called).toEqual(['a2', 'b1', 'a3']);
  });

  it('waits for nobody who takes too long, and lets him go on', async () => {
    const { clock, enter } = gateOf(1);
    enter('slow');
    expect(enter('next')).toBe(false);
    await clock.advance(3_000);
    expect(enter('slow')).toBe(true);
    expect(enter('next')).toBe(true);
  });

  it('forgets who gave up waiting', () => {
    const { gate, called, enter } = gateOf(1);
    for (const id of ['a', 'b', 'c']) enter(id);
    gate.leave('b');
    gate.leave('a');
    expect(called).toEqual(['c']);
  });
});
