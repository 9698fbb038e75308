import { chainSpecSchema } from '@flotilla/orchestration';
import { mergeSpec } from './merge-spec.js';

const spec = chainSpecSchema.parse({
  fees: { mode: 'fixed', gasPrice: '7' },
  sealing: { mode: 'lazy', intervalMs: 200 },
  allow: { deployers: [], senders: [] },
});
const after = (change: Record<string, unknown>) => chainSpecSchema.parse(mergeSpec(spec, change));

describe('mergeSpec', () => {
  it('leaves what is not named', () => {
    expect(after({ sealing: { mode: 'interval' } })).toEqual({
      ...spec,
      sealing: { mode: 'interval', intervalMs: 200 },
    });
  });

  it.each<[unknown, unknown]>([
    [{ mode: 'free' }, { mode: 'free' }],
    [{ mode: 'eip1559' }, { mode: 'eip1559' }],
    [
      { mode: 'eip1559', gasPrice: 9 },
      { mode: 'eip1559', gasPrice: '9' },
    ],
    [{ mode: 'fixed' }, { mode: 'fixed', gasPrice: '7' }],
    [{ gasPrice: 8 }, { mode: 'fixed', gasPrice: '8' }],
  ])('takes fees %j', (fees, expected) => {
    expect(after({ fees }).fees).toEqual(expected);
  });

  it('replaces lists, and takes away what is null', () => {
    expect(after({ allow: { deployers: null } }).allow).toEqual({ senders: [] });
    expect(after({ allow: null }).allow).toEqual({});
    expect(after({ gasLimit: null }).gasLimit).toBe(30_000_000);
  });

  it('merges custom limits figure by figure; null gives one back to the size', () => {
    const host = { cpuPercent: 75, diskMb: 'none' as const };
    const custom = chainSpecSchema.parse({ size: 'medium', limits: { host } });
    const merged = mergeSpec(custom, {
      limits: { host: { cpuPercent: null }, node: { batch: 5 } },
    });
    const { size, limits } = chainSpecSchema.parse(merged);
    expect(size).toBe('medium');
    expect(limits).toEqual({ host: { diskMb: 'none' }, node: { batch: 5 } });
  });
});
