import { TokenBucket } from './token-bucket.js';

describe('TokenBucket', () => {
  it('gives what was saved up, then one at a time as they come', () => {
    const bucket = new TokenBucket(10, 2, 0);
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 100]);
    expect(bucket.take(50)).toBe(50);
    expect(bucket.take(100)).toBe(0);
    expect(bucket.take(100)).toBe(100);
  });

  it('saves up no more than its capacity', () => {
    const bucket = new TokenBucket(10, 2, 0);
    bucket.debit(2, 0);
    expect([bucket.take(60_000), bucket.take(60_000), bucket.take(60_000)]).toEqual([0, 0, 100]);
  });

  it('owes what was used beyond it, and refuses until that is paid back', () => {
    const bucket = new TokenBucket(100, 50, 0);
    bucket.debit(250, 0);
    expect(bucket.debtMs(0)).toBe(2_000);
    expect(bucket.take(1_000)).toBe(1_010);
    expect(bucket.debtMs(2_000)).toBe(0);
    expect(bucket.take(2_010)).toBe(0);
  });

  it('knows no limit, no way out of a limit of 0, and no clock that goes backwards', () => {
    const free = new TokenBucket(null, 0, 0);
    free.debit(1e9, 0);
    expect([free.take(0), free.debtMs(0), free.waitMs(0)]).toEqual([0, 0, 0]);
    expect(new TokenBucket(0, 0, 0).take(0)).toBe(Number.POSITIVE_INFINITY);
    const bucket = new TokenBucket(1, 1, 10_000);
    bucket.debit(1, 10_000);
    expect(bucket.take(5_000)).toBe(1_000);
    expect(bucket.take(6_000)).toBe(0);
  });

  it('keeps its debt when it is resized', () => {
    const bucket = new TokenBucket(10, 10, 0);
    bucket.debit(30, 0);
    bucket.resize(20, 100, 0);
    expect(bucket.debtMs(0)).toBe(1_000);
    bucket.resize(null, 0, 0);
    expect(bucket.debtMs(0)).toBe(0);
  });
});
