import {
  type Chain,
  type ChainSize,
  type ChainSpecInput,
  chainSpecSchema,
  type DesiredState,
  INITIAL_STATUS,
  SIZES,
} from '@flotilla/orchestration';
import { Admission } from './admission.js';

const small = SIZES.small.reserved;

function chain(desired: DesiredState = 'running', size: ChainSize = 'small'): Chain {
  const phase = desired === 'sleeping' ? 'Sleeping' : 'Running';
  const spec = chainSpecSchema.parse({ size });
  return { spec, desired, status: { ...INITIAL_STATUS, phase } } as Chain;
}

/** Room for so many small chains. */
function admission(room: number, ...chains: Chain[]) {
  const capacity = { cpuMillis: 10_000, memoryMb: room * small.memoryMb };
  const subject = new Admission(capacity, { chains: () => chains });
  const create = () => subject.admit(undefined, chain(), async () => void chains.push(chain()));
  return { chains, create, subject };
}

const noCapacity = expect.objectContaining({ code: 'NO_CAPACITY', retryable: true });

describe('Admission', () => {
  it('promises what is there, and refuses one more', async () => {
    const { chains, create, subject } = admission(3);
    for (let i = 0; i < 3; i++) await create();
    await expect(create()).rejects.toEqual(noCapacity);
    expect(chains).toHaveLength(3);
    expect(subject.view().free.memoryMb).toBe(0);
  });

  it('counts those that are being created at the same time', async () => {
    const { chains, create } = admission(5);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, create));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(chains).toHaveLength(5);
  });

  it('gives back what a failed attempt had held', async () => {
    const { create, subject } = admission(1);
    const failing = subject.admit(undefined, chain(), () => Promise.reject(new RangeError('no')));
    await expect(failing).rejects.toThrow(RangeError);
    await expect(create()).resolves.toBeUndefined();
  });

  it('asks for the difference only, and never for a smaller size', async () => {
    const running = chain('running', 'medium');
    const { subject } = admission(8, running, ...Array.from({ length: 6 }, () => chain()));
    const act = async () => 'done';
    await expect(subject.admit(running, chain('running', 'large'), act)).rejects.toEqual(
      noCapacity,
    );
    await expect(subject.admit(running, chain(), act)).resolves.toBe('done');
    await expect(subject.admit(running, chain('running', 'medium'), act)).resolves.toBe('done');
  });

  it('refuses replicas and a standby that there is no room for', async () => {
    const running = chain();
    const { subject } = admission(4, running, chain());
    const spec = (input: ChainSpecInput) => ({ ...running, spec: chainSpecSchema.parse(input) });
    const act = async () => 'done';
    const two = spec({ scale: { replicas: { min: 2, max: 2 } } });
    const three = spec({ scale: { replicas: { min: 3, max: 3 } } });
    await expect(subject.admit(running, three, act)).rejects.toEqual(noCapacity);
    await expect(subject.admit(running, two, act)).resolves.toBe('done');
  });

  it('wakes into room that is there, or that somebody makes', async () => {
    const asleep = chain('sleeping');
    const idle = chain();
    const { chains, subject } = admission(1, idle, asleep);
    const wake = () => subject.admit(asleep, chain(), async () => 'awake');
    await expect(wake()).rejects.toEqual(noCapacity);
    const shorts: unknown[] = [];
    subject.onShortage(async (short) => {
      shorts.push(short);
      chains.splice(chains.indexOf(idle), 1, chain('sleeping'));
      return true;
    });
    const asIs = subject.admit(asleep, chain(), async () => 'awake', { evicts: false });
    await expect(asIs).rejects.toEqual(noCapacity);
    await expect(wake()).resolves.toBe('awake');
    expect(shorts).toEqual([{ cpuMillis: 0, memoryMb: small.memoryMb }]);
  });

  it('refuses what the whole host could not hold, and asks nobody to make room for it', async () => {
    const { create, subject } = admission(2);
    await create();
    const shorts: unknown[] = [];
    subject.onShortage(async (short) => {
      shorts.push(short);
      return false;
    });
    const spec = chainSpecSchema.parse({ limits: { reserved: { memoryMb: 16_777_216 } } });
    const refused = subject.admit(undefined, { ...chain(), spec }, async () => 'done');
    await expect(refused).rejects.toMatchObject({ code: 'NO_CAPACITY', retryable: false });
    expect(shorts).toEqual([]);
  });

  it('lets a chain go on whose host has shrunk', async () => {
    const running = chain();
    const { subject } = admission(0, running);
    await expect(subject.admit(running, chain(), async () => 'same')).resolves.toBe('same');
  });
});
