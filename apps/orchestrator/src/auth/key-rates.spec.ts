import { SimulatedClock } from '@flotilla/testing';
import type { Principal } from '../http/request.js';
import { KeyRates } from './key-rates.js';

const OPTIONS = {
  units: { perSecond: 10, burst: 20 },
  unitsOfAWrite: 5,
  creates: { perSecond: 0.5, burst: 3 },
};
const key = (change: Partial<Principal>): Principal => ({
  keyId: 'k1',
  role: 'tenant',
  tenant: 'acme',
  label: '',
  ...change,
});

describe('what a tenant may ask', () => {
  const clock = new SimulatedClock();
  const rates = () => new KeyRates(OPTIONS, { clock });
  const spend = (to: KeyRates, principal: Principal, times: number, isRead = true) => {
    for (let i = 0; i < times; i++) to.spend(principal, isRead);
  };
  const refusal = expect.objectContaining({
    code: 'RATE_LIMITED',
    data: { limit: 'restUnitsPerSecond', retryAfterMs: 100 },
  });

  it('is a burst, then a rate, for all keys of the tenant together', async () => {
    const to = rates();
    spend(to, key({}), 10);
    spend(to, key({ keyId: 'k2' }), 10);
    expect(() => to.spend(key({ keyId: 'k3' }), true)).toThrow(refusal);
    to.spend(key({ tenant: 'other' }), true);
    await clock.advance(100);
    to.spend(key({}), true);
    expect(() => to.spend(key({}), true)).toThrow(refusal);
  });

  it('costs more when it changes something', () => {
    const to = rates();
    spend(to, key({}), 4, false);
    expect(() => to.spend(key({}), true)).toThrow(refusal);
  });

  it('is fewer chains than anything else, whatever else was asked', async () => {
    const to = rates();
    for (let i = 0; i < 3; i++) to.spendCreate(key({ keyId: `k${i}` }));
    const tooMany = expect.objectContaining({
      code: 'RATE_LIMITED',
      data: { limit: 'createsPerSecond', retryAfterMs: 2_000 },
    });
    expect(() => to.spendCreate(key({}))).toThrow(tooMany);
    to.spend(key({}), true);
    await clock.advance(2_000);
    to.spendCreate(key({}));
    for (let i = 0; i < 100; i++) to.spendCreate(key({ role: 'admin' }));
  });

  it('knows a viewer of the whole fleet by its key, and lets admins ask for ever', () => {
    const to = rates();
    spend(to, key({ role: 'viewer', tenant: null }), 20);
    expect(() => to.spend(key({ role: 'viewer', tenant: null }), true)).toThrow(refusal);
    to.spend(key({ role: 'viewer', tenant: null, keyId: 'k2' }), true);
    spend(to, key({ role: 'admin', tenant: null }), 1_000);
  });
});
