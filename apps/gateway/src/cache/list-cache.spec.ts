import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@flotilla/common';
import { type Route, routeSchema } from '@flotilla/messaging';
import { SimulatedClock } from '@flotilla/testing';
import { ListCache } from './list-cache.js';

const schema = routeSchema;
const route = (name: string): Route => ({ name, chainId: 7, phase: 'Running' });

describe('ListCache', () => {
  const folder = mkdtempSync(join(tmpdir(), 'routes-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('writes changes that come together once, as of then, within a second', async () => {
    const file = join(folder, 'gateway', 'routes.json');
    const clock = new SimulatedClock();
    const cache = new ListCache({ file, schema, clock, logger: silentLogger });
    const routes: Route[] = [];
    let listed = 0;
    for (const name of ['shop-a', 'shop-b', 'shop-c']) {
      cache.changed(() => {
        listed++;
        return routes;
      });
      routes.push(route(name));
    }
    expect(await cache.load()).toEqual([]);
    await clock.advance(1_000);
    await cache.flush();
    expect(listed).toBe(1);
    expect(await cache.load()).toEqual(['shop-a', 'shop-b', 'shop-c'].map(route));
  });

  it('loses nothing when it is flushed at the end, and then writes no more', async () => {
    const file = join(folder, 'routes.json');
    const cache = new ListCache({
      file,
      schema,
      clock: new SimulatedClock(),
      logger: silentLogger,
    });
    cache.changed(() => [route('shop-a')]);
    await cache.flush();
    const { mtimeNs } = statSync(file, { bigint: true });
    expect(await cache.load()).toEqual([route('shop-a')]);
    await cache.flush();
    expect(statSync(file, { bigint: true }).mtimeNs).toBe(mtimeNs);
  });
});
