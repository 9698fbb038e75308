import type { Chain, FlotillaClient } from '@flotilla/sdk';
import { FleetStore } from './fleet-store';

const chain = (version: number, createdAt = '2026-01-01T00:00:00.000Z') =>
  ({ name: 'shop', version, createdAt }) as Chain;

describe('the fleet in memory', () => {
  let store: FleetStore;
  let listed: Chain[];
  const known = () => store.getState().chains.get('shop')?.version;

  beforeEach(() => {
    Object.assign(globalThis, { requestAnimationFrame: () => 1 });
    const chains = {
      async *all() {
        yield* listed;
      },
    };
    listed = [];
    store = new FleetStore({ chains } as unknown as FlotillaClient, () => {});
  });

  afterEach(() => Reflect.deleteProperty(globalThis, 'requestAnimationFrame'));

  it('keeps the newer of two answers, whichever arrives last', async () => {
    store.put(chain(7));
    store.put(chain(6));
    expect(known()).toBe(7);
    listed = [chain(5)];
    await store.reload();
    expect(known()).toBe(7);
    store.put(chain(8));
    expect(known()).toBe(8);
  });

  it('takes a chain of the same name that was created after the former had ended', () => {
    store.put(chain(7));
    store.put(chain(1, '2026-01-02T00:00:00.000Z'));
    expect(known()).toBe(1);
  });
});
