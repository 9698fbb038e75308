import { checkForm, EMPTY_FORM, specOf } from './create-spec';

const form = { ...EMPTY_FORM, name: 'shop' };

it('asks for nothing but a name, and leaves every default to the server', () => {
  expect(checkForm(form)).toEqual({});
  expect(specOf(form)).toEqual({});
});

it('turns what was typed into a spec', () => {
  const account = `0x${'AB'.repeat(20)}`;
  const typed = {
    ...form,
    chainId: '4242',
    sealing: 'lazy' as const,
    intervalMs: '500',
    fees: 'fixed' as const,
    gasPrice: '0.05',
    symbol: 'SHOP',
    gasLimit: '10000000',
    hardfork: 'osaka' as const,
    archive: true,
    everySeconds: '5',
    alloc: `${account} 1.5\n\n0x${'cd'.repeat(20)}, 2`,
    senders: { mode: 'listed' as const, list: account },
    size: 'medium' as const,
    sleep: 'never' as const,
    minReplicas: '1',
    maxReplicas: '2',
    maxSize: 'large' as const,
    failover: true,
  };
  expect(checkForm(typed)).toEqual({});
  expect(specOf(typed)).toEqual({
    chainId: 4242,
    sealing: { mode: 'lazy', intervalMs: 500 },
    fees: { mode: 'fixed', gasPrice: '50000000' },
    token: { symbol: 'SHOP' },
    gasLimit: 10_000_000,
    hardfork: 'osaka',
    history: { archive: true },
    checkpoint: { everySeconds: 5 },
    allow: { senders: [account] },
    size: 'medium',
    sleep: { afterSeconds: null },
    scale: { replicas: { min: 1, max: 2 }, maxSize: 'large' },
    failover: true,
    alloc: {
      [account]: { balance: '1500000000000000000' },
      [`0x${'cd'.repeat(20)}`]: { balance: '2000000000000000000' },
    },
  });
});

it.each([
  ['name', { name: 'Shop' }],
  ['name', { name: 'ab' }],
  ['name', { name: 'shop-' }],
  ['spec.chainId', { chainId: '0' }],
  ['spec.chainId', { chainId: '4503599627370496' }],
  ['spec.chainId', { chainId: '1.5' }],
  ['spec.sealing.intervalMs', { sealing: 'interval', intervalMs: '' }],
  ['spec.sealing.intervalMs', { sealing: 'interval', intervalMs: '49' }],
  ['spec.fees.gasPrice', { fees: 'eip1559', gasPrice: 'much' }],
  ['spec.token.symbol', { symbol: '1ST' }],
  ['spec.gasLimit', { gasLimit: '1' }],
  ['spec.checkpoint.everySeconds', { everySeconds: '0' }],
  ['spec.alloc', { alloc: '0x12 100' }],
  ['spec.sleep.afterSeconds', { sleep: 'after', sleepSeconds: '' }],
  ['spec.scale.replicas.min', { minReplicas: 'one', maxReplicas: '1' }],
  ['spec.allow.deployers', { deployers: { mode: 'listed', list: 'me' } }],
  ['spec.alloc', { alloc: `0x${'ab'.repeat(20)} 1 2` }],
] as const)('complains at %s about %o', (path, change) => {
  expect(Object.keys(checkForm({ ...form, ...change } as typeof form))).toEqual([path]);
});

it('does not mind an interval or a price that the mode makes no use of', () => {
  expect(checkForm({ ...form, intervalMs: 'x', gasPrice: 'x' })).toEqual({});
});
