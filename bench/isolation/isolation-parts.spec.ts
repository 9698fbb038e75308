import { missedSlots } from './block-slots.js';
import { FloodTally, ranDry } from './flood-report.js';
import { outcomeOf } from './http-strike.js';
import { pace } from './pace.js';

describe('block slots', () => {
  it('are missed by gaps, not by lateness', () => {
    expect(missedSlots([1_000, 1_490, 510, 990], 1_000)).toBe(0);
    expect(missedSlots([1_000, 2_010, 4_100], 1_000)).toBe(1 + 3);
  });
});

describe('a tally', () => {
  it('counts strikes by whole seconds, and knows when the flood ran dry', () => {
    const tally = new FloodTally(2, 500);
    for (const at of [500, 900, 1_600, 1_700, 2_600]) tally.struck(at);
    tally.add([
      { kind: 'served', reason: '' },
      { kind: 'refused', reason: '429' },
    ]);
    expect(tally.report(2_700)).toMatchObject({
      perSecond: [2, 2],
      served: 1,
      refused: { '429': 1 },
      uncoded: {},
    });
    expect(ranDry(tally.report(2_700))).toBe(false);
    expect(tally.report(4_600).perSecond).toEqual([2, 2, 1, 0]);
    expect(ranDry(tally.report(4_600))).toBe(true);
  });
});

describe('the outcome of a request', () => {
  const outcome = (status: number, body: string) => outcomeOf({ status, body: Buffer.from(body) });

  it.each([
    [200, '{"result":"0x"}', 'served', ''],
    [
      200,
      '{"error":{"code":-32005,"data":{"code":"SERVER_BUSY"}}}',
      'refused',
      '-32005 SERVER_BUSY',
    ],
    [429, '{"error":{"code":-32005}}', 'refused', '-32005'],
    [429, '{"code":"RATE_LIMITED"}', 'refused', 'RATE_LIMITED'],
    [502, 'Bad Gateway', 'uncoded', 'HTTP 502'],
    [500, '{}', 'uncoded', 'HTTP 500'],
  ])('%s %s', (status, body, kind, reason) => {
    expect(outcome(status, body)).toEqual({ kind, reason });
  });
});

describe('a pace', () => {
  it('makes every turn, at its time or later, never earlier', async () => {
    const turns: number[] = [];
    const lateness: number[] = [];
    await pace({ perSecond: 500, count: 50, delayMs: 5 }, (n, dueAt) => {
      turns.push(n);
      lateness.push(performance.now() - dueAt);
    });
    expect(turns).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(Math.min(...lateness)).toBeGreaterThanOrEqual(0);
  });

  it('ends with its signal', async () => {
    const ending = new AbortController();
    let turns = 0;
    await pace({ perSecond: 1_000, signal: ending.signal }, () => {
      if (++turns === 3) ending.abort();
    });
    expect(turns).toBeGreaterThanOrEqual(3);
  });
});
