import { forkConfigs } from './fork-config.js';

const times = { genesis: 50, now: 150 };

describe('fork configurations', () => {
  it('has nothing to announce when all forks came with genesis', () => {
    const { current, next, last } = forkConfigs({ cancun: 0, prague: 0 }, times);
    expect(current).toMatchObject({ activationTime: 0, forkTimes: [] });
    expect(current.precompiles).toHaveProperty('BLS12_G1ADD', `0x${'b'.padStart(40, '0')}`);
    expect(current.precompiles).not.toHaveProperty('P256VERIFY');
    expect([next, last]).toEqual([undefined, undefined]);
  });

  it('tells the fork in force from those to come', () => {
    const schedule = { cancun: 0, prague: 100, osaka: 200 } as const;
    const { current, next, last } = forkConfigs(schedule, times);
    expect(current).toMatchObject({ activationTime: 100, forkTimes: [100] });
    expect(current.systemContracts).toHaveProperty('HISTORY_STORAGE_ADDRESS');
    expect(next).toMatchObject({ activationTime: 200, forkTimes: [100, 200] });
    expect(next?.precompiles).toHaveProperty('P256VERIFY', `0x${'100'.padStart(40, '0')}`);
    expect(last).toEqual(next);
    const before = forkConfigs(schedule, { genesis: 50, now: 60 });
    expect(before).toMatchObject({
      current: { activationTime: 0 },
      next: { activationTime: 100 },
      last: { activationTime: 200 },
    });
    expect(before.current.systemContracts).not.toHaveProperty('HISTORY_STORAGE_ADDRESS');
  });
});
