import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OverQuotaWatch } from './over-quota-watch.js';

const folder = mkdtempSync(join(tmpdir(), 'flotilla-turns-'));
const fileOf = (name: string) => join(folder, name);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function world() {
  const back = new Map<string, boolean>();
  const complaints: string[] = [];
  const counts = new Map<string, [number, number]>();
  let isRefused = false;
  const watch = new OverQuotaWatch(
    {
      turnsFile: (name) => (counts.has(name) ? fileOf(name) : undefined),
      standBack: (name, isBack) => {
        if (isRefused) throw new RangeError('EINVAL');
        back.set(name, isBack);
        return true;
      },
    },
    (name) => complaints.push(name),
  );
  /** Five turns, of which the quota ran out in so many. */
  const pass = (name: string, throttled: number, turns = 5) => {
    const [all, over] = counts.get(name) ?? [0, 0];
    counts.set(name, [all + turns, over + throttled]);
    const text = `nr_periods ${all + turns}\nnr_throttled ${over + throttled}\nthrottled_time 7\n`;
    writeFileSync(fileOf(name), text);
  };
  const refuse = () => {
    isRefused = true;
  };
  return { back, complaints, watch, pass, refuse };
}

describe('OverQuotaWatch', () => {
  it('makes whoever is over its quota in most turns stand back, until it has been calm for half a second', () => {
    const { back, watch, pass } = world();
    for (const name of ['busy', 'quiet']) {
      pass(name, 0);
      watch.watch(name);
    }
    watch.look();
    pass('busy', 3);
    pass('quiet', 2);
    watch.look();
    expect([...back]).toEqual([['busy', true]]);
    pass('busy', 2);
    watch.look();
    expect(back.get('busy')).toBe(true);
    pass('busy', 1);
    watch.look();
    expect(back.get('busy')).toBe(false);
  });

  it('takes no turn at all for calm: who stands back may have been given none', () => {
    const { back, watch, pass } = world();
    pass('busy', 3);
    watch.watch('busy');
    for (let i = 0; i < 2; i++) watch.look();
    expect(back.get('busy')).toBe(true);
    watch.look();
    expect(back.get('busy')).toBe(false);
  });

  it('brings forward what it forgets', () => {
    const { back, watch, pass } = world();
    pass('busy', 3);
    watch.watch('busy');
    watch.look();
    watch.forget('busy');
    expect(back.get('busy')).toBe(false);
    pass('busy', 3);
    watch.look();
    expect(back.get('busy')).toBe(false);
  });

  it('does not stumble over a kernel that refuses, or a group without a quota', () => {
    const { complaints, watch, pass, refuse } = world();
    watch.watch('none');
    pass('busy', 3);
    watch.watch('busy');
    refuse();
    watch.look();
    pass('busy', 3);
    watch.look();
    expect(complaints).toEqual(['busy', 'busy']);
  });
});
