import { duration } from './duration.js';
import { traceCallConfig, traceConfig } from './trace-config.js';

describe('durations', () => {
  it.each([
    ['5s', 5_000],
    ['300ms', 300],
    ['1m30s', 90_000],
    ['1.5s', 1_500],
    ['.5h', 1_800_000],
  ])('reads %s', (text, ms) => {
    expect(duration(text)).toBe(ms);
  });

  it.each(['', '5', 's', '5 s', '-5s', '5s!', 5])('refuses %p', (text) => {
    expect(() => duration(text)).toThrow(/duration/);
  });
});

describe('trace configurations', () => {
  it('means the struct logger unless a tracer is named', () => {
    expect(traceConfig({ limit: 3, tracer: '' }).choice).toMatchObject({
      tracer: 'structLogger',
      options: { limit: 3 },
    });
    expect(traceConfig({ tracer: 'callTracer', timeout: '2s' })).toMatchObject({
      choice: { tracer: 'callTracer', options: {} },
      timeoutMs: 2_000,
    });
  });

  it('refuses what it would have to ignore', () => {
    expect(() => traceConfig({ tracer: '{ step() {} }' })).toThrow('tracer not found');
    expect(() => traceConfig({ limit: -1 })).toThrow(/limit: expected a number of steps/);
    expect(() => traceConfig({ tracerConfig: 7 })).toThrow(/tracerConfig/);
    expect(() => traceCallConfig({ txIndex: '0x1' })).toThrow(/txIndex/);
  });
});
