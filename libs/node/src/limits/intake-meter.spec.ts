import { SimulatedClock } from '@flotilla/testing';
import { IntakeMeter } from './intake-meter.js';
import { LimitHits } from './limit-hits.js';

function meter(transactionsPerSecond: number | null, gasPerSecond: number | null) {
  const clock = new SimulatedClock();
  const hits = new LimitHits();
  const subject = new IntakeMeter({ transactionsPerSecond, gasPerSecond }, { clock, hits });
  return { clock, hits, subject };
}

describe('IntakeMeter', () => {
  it('lets five seconds` worth in at once, then its rate', async () => {
    const { clock, hits, subject } = meter(10, null);
    expect(subject.admit(60)).toMatchObject({
      granted: 50,
      error: {
        code: 'LIMIT_EXCEEDED',
        retryable: true,
        data: { limit: 'transactionsPerSecond', retryAfterMs: 100 },
      },
    });
    expect(hits.all()).toEqual({ transactionsPerSecond: 10 });
    await clock.advance(1_000);
    expect(subject.admit(60).granted).toBe(10);
    await clock.advance(60_000);
    expect(subject.admit(60).granted).toBe(50);
  });

  it('charges gas when it is mined, and lets nothing in while it is owed', async () => {
    const { clock, hits, subject } = meter(null, 1_000_000);
    subject.mined(4_000_000);
    expect(subject.admit(1)).toEqual({ granted: 1 });
    subject.mined(3_000_000);
    expect(subject.admit(3)).toMatchObject({
      granted: 0,
      error: { data: { limit: 'gasPerSecond', retryAfterMs: 2_000 } },
    });
    expect(hits.all()).toEqual({ gasPerSecond: 3 });
    await clock.advance(2_000);
    expect(subject.admit(1)).toEqual({ granted: 1 });
  });

  it('takes other limits while it runs, without a gift', () => {
    const { subject } = meter(10, null);
    expect(subject.admit(50).granted).toBe(50);
    subject.limit({ transactionsPerSecond: 1_000, gasPerSecond: null });
    expect(subject.admit(1).granted).toBe(0);
    subject.limit({ transactionsPerSecond: null, gasPerSecond: null });
    expect(subject.admit(1_000_000)).toEqual({ granted: 1_000_000 });
  });
});
