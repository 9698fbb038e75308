import { type ChainSpecInput, chainSpecSchema } from '../spec/chain-spec.schema.js';
import { SIZES } from '../spec/sizes.js';
import { INITIAL_STATUS } from '../status/chain-status.js';
import { capacityOf, isActive, neverFits, noCapacity, reservedBy, shortage } from './capacity.js';

const chain = (
  size: 'small' | 'large',
  desired: 'running' | 'sleeping' | 'paused' = 'running',
  phase: 'Running' | 'Sleeping' | 'Paused' | 'Failed' = 'Running',
) => ({
  spec: chainSpecSchema.parse({ size }),
  desired,
  status: { ...INITIAL_STATUS, phase },
});

describe('capacity', () => {
  it('is the host less the platform`s share, or what was chosen', () => {
    const host = { cpuMillis: 2_000, memoryMb: 24_000 };
    expect(capacityOf(host)).toEqual({ cpuMillis: 1_500, memoryMb: 20_400 });
    expect(capacityOf(host, { memoryMb: 512 })).toEqual({ cpuMillis: 1_500, memoryMb: 512 });
    expect(capacityOf({ cpuMillis: 1_000, memoryMb: 800 }).memoryMb).toBe(0);
  });

  it('takes a hundred small chains on two cores and 24 GB', () => {
    const capacity = capacityOf({ cpuMillis: 2_000, memoryMb: 24_000 });
    const reserved = reservedBy(Array.from({ length: 99 }, () => chain('small')));
    expect(shortage(capacity, reserved, SIZES.small.reserved)).toBeUndefined();
  });

  it('is held by what runs or is to run, and by nothing that sleeps, rests or failed', () => {
    expect(isActive(chain('small'))).toBe(true);
    expect(isActive(chain('small', 'running', 'Sleeping'))).toBe(true);
    expect(isActive(chain('small', 'sleeping', 'Running'))).toBe(true);
    expect(isActive(chain('small', 'sleeping', 'Sleeping'))).toBe(false);
    expect(isActive(chain('small', 'paused', 'Paused'))).toBe(false);
    expect(isActive(chain('small', 'running', 'Failed'))).toBe(false);
    const awake = [chain('small'), chain('large'), chain('large', 'sleeping', 'Sleeping')];
    expect(reservedBy(awake)).toEqual({
      cpuMillis: SIZES.small.reserved.cpuMillis + SIZES.large.reserved.cpuMillis,
      memoryMb: SIZES.small.reserved.memoryMb + SIZES.large.reserved.memoryMb,
    });
  });

  it('is held once for each instance of a chain', () => {
    const view = { id: '', pid: 1, role: 'producer' as const, startedAt: '' };
    const replicated = chain('small');
    const status = { ...replicated.status, instances: [view, view, view] };
    const { memoryMb } = SIZES.small.reserved;
    expect(reservedBy([{ ...replicated, status }]).memoryMb).toBe(3 * memoryMb);
  });

  it('is held by replicas and a standby that are to come', () => {
    const asked = (input: ChainSpecInput) => [
      { ...chain('small'), spec: chainSpecSchema.parse(input) },
    ];
    const { memoryMb } = SIZES.small.reserved;
    expect(reservedBy(asked({ failover: true })).memoryMb).toBe(2 * memoryMb);
    const scale = { replicas: { min: 2, max: 4 } };
    expect(reservedBy(asked({ scale, failover: true })).memoryMb).toBe(3 * memoryMb);
  });

  it('says what is short, by how much, and what helps', () => {
    const capacity = { cpuMillis: 100, memoryMb: 300 };
    const short = shortage(capacity, { cpuMillis: 20, memoryMb: 256 }, SIZES.small.reserved);
    expect(short).toEqual({ cpuMillis: 0, memoryMb: 84 });
    const error = noCapacity({ cpuMillis: 0, memoryMb: 84 }, capacity);
    expect(error).toMatchObject({ code: 'NO_CAPACITY', retryable: true, data: { short } });
    expect(error.message).toMatch(/short of 84 of 300 MB.*pause, delete or shrink/);
    expect(error.message).not.toMatch(/core/);
  });

  it('says where waiting is of no use', () => {
    const capacity = { cpuMillis: 100, memoryMb: 300 };
    const error = neverFits({ cpuMillis: 0, memoryMb: 84 }, capacity);
    expect(error).toMatchObject({ code: 'NO_CAPACITY', retryable: false });
    expect(error.message).toMatch(/too small for it.*short of 84 of 300 MB/);
    expect(error.message).not.toMatch(/pause/);
  });
});
