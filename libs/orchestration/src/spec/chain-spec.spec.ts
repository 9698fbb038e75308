import { CHAIN_ID_LIMIT, type ChainSpecInput, chainSpecSchema } from './chain-spec.schema.js';
import { describeSpec } from './describe-spec.js';
import { assertMutableChange, sameSpec } from './spec-change.js';

const member = `0x${'AB'.repeat(20)}`;
const other = `0x${'01'.repeat(20)}`;
const refused = (spec: unknown) => chainSpecSchema.safeParse(spec).error?.issues[0]?.path.join('.');

describe('chain spec', () => {
  it('has a default for everything', () => {
    expect(chainSpecSchema.parse({})).toEqual({
      runtime: 'managed',
      size: 'small',
      scale: { replicas: { min: 0, max: 0 }, workers: { min: 3, max: 8 } },
      failover: false,
      sealing: { mode: 'instant', intervalMs: 1_000 },
      fees: { mode: 'free' },
      gasLimit: 30_000_000,
      hardfork: 'prague',
      token: { symbol: 'ETH', decimals: 18 },
      allow: {},
      alloc: {},
      history: { blocks: 128, archive: false },
      checkpoint: { everyBlocks: 100, everySeconds: 60 },
      sleep: {},
    });
  });

  it('is its own fixed point: what was parsed parses to itself', () => {
    const spec = chainSpecSchema.parse({
      chainId: 5,
      fees: { mode: 'fixed', gasPrice: '0x3b9aca00' },
      alloc: { [member]: { balance: 7, storage: { '0x1': '0x2' } } },
      sealing: { mode: 'lazy' },
    });
    expect(chainSpecSchema.parse(spec)).toEqual(spec);
    expect(spec.fees.gasPrice).toBe('1000000000');
    const [account] = Object.entries(spec.alloc);
    expect(account[0]).toBe(member.toLowerCase());
    expect(account[1].balance).toBe('7');
    expect(Object.keys(account[1].storage ?? {})[0]).toHaveLength(66);
  });

  it.each<[string, unknown]>([
    ['', { color: 'red' }],
    ['size', { size: 'huge' }],
    ['limits', { limits: { cpuPercent: 1 } }],
    ['limits.host.cpuPercent', { limits: { host: { cpuPercent: 0 } } }],
    ['limits.node.batch', { limits: { node: { batch: 'none' } } }],
    ['scale.maxSize', { size: 'large', scale: { maxSize: 'medium' } }],
    ['scale.maxSize', { limits: { host: { pids: 64 } }, scale: { maxSize: 'medium' } }],
    ['sealing', { sealing: { mode: 'instant', speed: 1 } }],
    ['sealing.mode', { sealing: { mode: 'never' } }],
    ['sealing.intervalMs', { sealing: { intervalMs: 1 } }],
    ['fees.gasPrice', { fees: { mode: 'free', gasPrice: 1 } }],
    ['fees.gasPrice', { fees: { mode: 'fixed', gasPrice: -1 } }],
    ['fees.gasPrice', { fees: { mode: 'fixed', gasPrice: `0x1${'0'.repeat(64)}` } }],
    ['gasLimit', { gasLimit: -1 }],
    ['gasLimit', { gasLimit: 1.5 }],
    ['chainId', { chainId: 0 }],
    ['chainId', { chainId: CHAIN_ID_LIMIT }],
    ['hardfork', { hardfork: 'london' }],
    ['token.symbol', { token: { symbol: '1ST' } }],
    ['token.decimals', { token: { decimals: 6 } }],
    ['allow', { allow: { admins: [] } }],
    ['allow.deployers', { allow: { deployers: '*' } }],
    ['allow.senders.1', { allow: { senders: [member, '0x12'] } }],
    // The right one is 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed.
    ['allow.senders.0', { allow: { senders: ['0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'] } }],
    ['alloc.0x12', { alloc: { '0x12': { balance: 1 } } }],
    [`alloc.${other}.code`, { alloc: { [other]: { code: '0x0' } } }],
    ['chainId', { runtime: 'external', committee: { members: [member], threshold: 1 } }],
    ['committee', { runtime: 'external', chainId: 9 }],
    ['committee', { committee: { members: [member], threshold: 1 } }],
    [
      'committee.threshold',
      { runtime: 'external', chainId: 9, committee: { members: [member], threshold: 2 } },
    ],
    [
      'committee.members',
      {
        runtime: 'external',
        chainId: 9,
        committee: { members: [member, member.toLowerCase()], threshold: 1 },
      },
    ],
    ['', null],
  ])('refuses at "%s": %j', (path, spec) => {
    expect(refused(spec)).toBe(path);
  });

  it('takes allowlists in any spelling and keeps one, without repetitions; an empty one stays', () => {
    const checksummed = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
    const { allow } = chainSpecSchema.parse({
      allow: { deployers: [], senders: [checksummed, member, checksummed.toLowerCase(), other] },
    });
    const senders = [other, checksummed.toLowerCase(), member.toLowerCase()];
    expect(allow).toEqual({ deployers: [], senders });
  });

  it('sorts the committee as the root wants it', () => {
    const spec = chainSpecSchema.parse({
      runtime: 'external',
      chainId: 9,
      committee: { members: [member, other], threshold: 2 },
    });
    expect(spec.committee?.members).toEqual([other, member.toLowerCase()]);
  });
});

describe('change of a spec', () => {
  const parse = (input: ChainSpecInput) => chainSpecSchema.parse(input);

  it('is none when only the order of the fields differs', () => {
    const a = parse({ alloc: { [member]: { balance: 1 }, [other]: { balance: 2 } } });
    const b = parse({ alloc: { [other]: { balance: '0x2' }, [member]: { balance: '1' } } });
    expect(sameSpec(a, b)).toBe(true);
    expect(sameSpec(a, parse({}))).toBe(false);
  });

  it('is allowed where genesis does not depend on it', () => {
    const change = { history: { blocks: 500 }, checkpoint: { everyBlocks: 5 } };
    expect(() => assertMutableChange(parse({}), parse(change))).not.toThrow();
  });

  it('is refused elsewhere, naming the fields', () => {
    expect(() => assertMutableChange(parse({}), parse({ hardfork: 'osaka', chainId: 3 }))).toThrow(
      expect.objectContaining({
        code: 'SPEC_FIELD_IMMUTABLE',
        data: { fields: expect.arrayContaining(['hardfork', 'chainId']) },
      }),
    );
  });
});

it('describes every field, with its default', () => {
  const fields = new Map(describeSpec().map((field) => [field.path, field]));
  expect(fields.get('sealing.mode')).toMatchObject({
    type: '`instant`, `interval`, `lazy`',
    default: '"instant"',
  });
  expect(fields.get('checkpoint.everySeconds')?.default).toBe('60');
  for (const field of fields.values()) expect(field.description).not.toBe('');
});
