import {
  type Chain,
  chainSpecSchema,
  INITIAL_STATUS,
  type InstanceStatus,
} from '@flotilla/orchestration';
import { LimitsLink, type LimitsLinkModules } from './limits-link.js';

const WRITTEN_AT = 1_000;

function link() {
  const sent: unknown[] = [];
  const woken: string[] = [];
  const chain = (size: 'small' | 'large', generation: number) =>
    ({
      ...{ id: 'id', name: 'shop', generation, status: INITIAL_STATUS },
      spec: chainSpecSchema.parse({ size }),
    }) as Chain;
  const subject = new LimitsLink({
    messaging: { publish: (...args: unknown[]) => sent.push(args[2]) },
    directory: { peek: () => chain('small', 1) },
    writtenAt: () => WRITTEN_AT,
  } as unknown as LimitsLinkModules);
  subject.onChanged((id) => woken.push(id));
  return { chain, sent, subject, woken };
}

const startedAt = (at: number): InstanceStatus => ({
  chain: 'shop',
  instance: 'shop-0',
  state: 'running',
  startedAt: at,
});
const before = startedAt(WRITTEN_AT - 1);

describe('LimitsLink', () => {
  it('asks nothing of a node that has read its limits at its start', () => {
    const { chain, sent, subject } = link();
    expect(subject.change(chain('small', 1), startedAt(WRITTEN_AT))).toBe('same');
    expect(sent).toEqual([]);
  });

  it('asks a running node until it has taken them, and says so once', () => {
    const { chain, sent, subject, woken } = link();
    const large = chain('large', 2);
    expect(subject.change(large, before)).toBe('asked');
    expect(subject.change(large, before)).toBe('asked');
    expect(sent).toMatchObject([{ generation: 2 }, { generation: 2, limits: { poolMb: 128 } }]);
    subject.changed('shop', { generation: 1 });
    expect(woken).toEqual([]);
    subject.changed('shop', { generation: 2 });
    expect(woken).toEqual(['id']);
    expect(subject.change(large, before)).toBe('changed');
    expect(subject.change(large, before)).toBe('same');
  });

  it('asks again for other limits, and not for another generation of the same', () => {
    const { chain, sent, subject } = link();
    subject.change(chain('large', 2), before);
    subject.changed('shop', { generation: 2 });
    expect(subject.change(chain('large', 3), before)).toBe('changed');
    expect(subject.change(chain('large', 4), before)).toBe('same');
    expect(subject.change(chain('small', 5), before)).toBe('asked');
    expect(sent).toHaveLength(2);
  });

  it('asks for the limits of the size that a chain has grown to', () => {
    const { chain, sent, subject } = link();
    const { spec, ...small } = chain('small', 2);
    const scale = { replicas: 0, size: 'large' as const };
    const grown = {
      ...{ ...small, status: { ...INITIAL_STATUS, scale } },
      spec: { ...spec, scale: { ...spec.scale, maxSize: 'large' as const } },
    };
    expect(subject.change(grown, before)).toBe('asked');
    expect(sent).toMatchObject([{ generation: 2, limits: { poolMb: 128 } }]);
  });

  it('leaves a node alone whose limits were not looked at', () => {
    const { chain, subject } = link();
    const unknown = new LimitsLink({ ...subject.modules, writtenAt: () => undefined });
    expect(unknown.change(chain('small', 1), before)).toBe('same');
  });
});
