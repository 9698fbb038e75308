import type { ChainSpec } from '@flotilla/sdk';
import { changeOf, checkSettings, formatGwei, formOf, type SettingsForm } from './settings-form';

const alice = `0x${'a1'.repeat(20)}`;
const spec = {
  sealing: { mode: 'interval', intervalMs: 1_000 },
  fees: { mode: 'fixed', gasPrice: '1500000000' },
  gasLimit: 30_000_000,
  token: { symbol: 'ETH', decimals: 18 },
  allow: { deployers: [alice] },
  size: 'small',
  sleep: { afterSeconds: 600 },
  scale: { replicas: { min: 0, max: 0 }, workers: { min: 3, max: 8 } },
  failover: false,
} as unknown as ChainSpec;
const change = (over: Partial<SettingsForm>) => changeOf({ ...formOf(spec), ...over }, spec);

it.each([
  ['0', '0'],
  ['1', '0.000000001'],
  ['1500000000', '1.5'],
  ['12000000000', '12'],
])('writes %s wei as %s gwei', (wei, gwei) => expect(formatGwei(wei)).toBe(gwei));

describe('the settings form', () => {
  it('asks for nothing when nothing was changed', () => {
    expect(checkSettings(formOf(spec))).toEqual({});
    expect(change({})).toBeUndefined();
  });

  it('asks only for what was changed', () => {
    expect(change({ intervalMs: '500' })).toEqual({
      sealing: { mode: 'interval', intervalMs: 500 },
    });
    expect(change({ sealing: 'instant' })).toEqual({ sealing: { mode: 'instant' } });
    expect(change({ gasPrice: '2' })).toEqual({ fees: { mode: 'fixed', gasPrice: '2000000000' } });
    expect(change({ fees: 'free' })).toEqual({ fees: { mode: 'free', gasPrice: null } });
    expect(change({ symbol: 'SHOP' })).toEqual({ token: { symbol: 'SHOP', name: null } });
    expect(change({ deployers: { mode: 'everyone', list: '' } })).toEqual({
      allow: { deployers: null },
    });
    expect(change({ senders: { mode: 'listed', list: '' } })).toEqual({ allow: { senders: [] } });
    expect(change({ senders: { mode: 'listed', list: ` ${alice},\n${alice}` } })).toEqual({
      allow: { senders: [alice, alice] },
    });
  });

  it('asks for size, sleep, replicas and failover, never as null', () => {
    expect(change({ size: 'large', failover: true })).toEqual({ size: 'large', failover: true });
    expect(change({ sleep: 'never' })).toEqual({ sleep: { afterSeconds: null } });
    expect(change({ sleepSeconds: '30' })).toEqual({ sleep: { afterSeconds: 30 } });
    expect(change({ maxReplicas: '3' })).toEqual({ scale: { replicas: { min: 0, max: 3 } } });
    expect(change({ maxSize: 'medium' })).toEqual({ scale: { maxSize: 'medium' } });
  });

  it.each<[string, Partial<SettingsForm>]>([
    ['spec.sleep.afterSeconds', { sleepSeconds: '4' }],
    ['spec.scale.replicas.max', { maxReplicas: '9' }],
    ['spec.scale.replicas.max', { minReplicas: '1' }],
    ['spec.scale.maxSize', { size: 'large', maxSize: 'medium' }],
    ['spec.fees.gasPrice', { gasPrice: 'much' }],
    ['spec.gasLimit', { gasLimit: '4999999' }],
    ['spec.gasLimit', { gasLimit: '' }],
    ['spec.sealing.intervalMs', { intervalMs: '49' }],
    ['spec.token.symbol', { symbol: '' }],
    ['spec.allow.senders', { senders: { mode: 'listed', list: '0x12' } }],
  ])('complains at %s', (path, over) => {
    expect(Object.keys(checkSettings({ ...formOf(spec), ...over }))).toEqual([path]);
  });
});
