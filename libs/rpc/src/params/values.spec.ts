import { callRequest, stateOverrides } from './call-request.js';
import { logCriteria } from './log-filter.js';
import { type Parser, parseArguments } from './parser.js';
import {
  address,
  blockId,
  blockNumber,
  count,
  data,
  hash,
  index,
  list,
  quantity,
  slotKey,
} from './values.js';

const A = `0x${'Ab'.repeat(20)}`;
const H = `0x${'Cd'.repeat(32)}`;
const parse = (parser: Parser<unknown>, value: unknown) => parseArguments([parser], [value])[0];

describe('values', () => {
  it.each<[string, Parser<unknown>, unknown, unknown]>([
    ['an address of any case', address, A, A.toLowerCase()],
    ['a hash', hash, H, H.toLowerCase()],
    ['zero', quantity, '0x0', 0n],
    ['a quantity', quantity, '0xFf', 255n],
    ['an index', index, '0x10', 16],
    ['a count as a number', count, 10, 10],
    ['a count as decimal text', count, '10', 10],
    ['a count as hex', count, '0xa', 10],
    ['empty data', data, '0x', new Uint8Array(0)],
    ['a short slot', slotKey, '0x1', { slot: 1n, padded: false }],
    ['a padded slot', slotKey, `0x${'00'.repeat(31)}01`, { slot: 1n, padded: true }],
    ['a slot without prefix', slotKey, '01', { slot: 1n, padded: false }],
    ['a tag', blockNumber, 'finalized', 'finalized'],
    ['a block number', blockNumber, '0x5', 5],
    ['a bare block hash', blockId, H, { hash: H.toLowerCase() }],
    [
      'EIP-1898 by hash',
      blockId,
      { blockHash: H, requireCanonical: true },
      { hash: H.toLowerCase() },
    ],
    ['EIP-1898 by number', blockId, { blockNumber: 'latest' }, 'latest'],
  ])('take %s', (_, parser, value, expected) => {
    expect(parse(parser, value)).toEqual(expected);
  });

  it.each<[string, Parser<unknown>, unknown]>([
    ['an address of the wrong length', address, '0xab'],
    ['an address with foreign letters', address, `0x${'zz'.repeat(20)}`],
    ['a number for an address', address, 7],
    ['an object for an address', address, { toString: () => A }],
    ['a quantity with leading zeros', quantity, '0x01'],
    ['a bare prefix', quantity, '0x'],
    ['an empty quantity', quantity, ''],
    ['a decimal quantity', quantity, '12'],
    ['a negative quantity', quantity, '-0x1'],
    ['a quantity beyond 256 bits', quantity, `0x1${'0'.repeat(64)}`],
    ['an index beyond 2^53', index, '0x20000000000000'],
    ['a fractional count', count, 1.5],
    ['data of odd length', data, '0x123'],
    ['a slot beyond 32 bytes', slotKey, `0x${'00'.repeat(33)}`],
    ['an unknown tag', blockNumber, 'newest'],
    ['both ways of EIP-1898', blockId, { blockHash: H, blockNumber: '0x1' }],
    ['neither way of EIP-1898', blockId, {}],
    ['an array for a block', blockId, []],
    ['too many entries', list(quantity, 1), ['0x1', '0x2']],
    ['a bad entry', list(quantity, 2), ['0x1', null]],
    ['no array', list(quantity, 2), { length: 1 }],
  ])('refuse %s', (_, parser, value) => {
    expect(() => parse(parser, value)).toThrow(
      expect.objectContaining({
        code: 'INVALID_PARAMS',
        message: expect.stringMatching(/^invalid argument 0: ./),
      }),
    );
  });
});

describe('callRequest', () => {
  const request = (value: unknown) => parse(callRequest(7), value);

  it('leaves out what is not given', () => {
    expect(request({ to: A, unknown: 1, data: null })).toEqual({ to: A.toLowerCase() });
  });

  it('takes data and input, alone or equal', () => {
    const bytes = Uint8Array.of(1);
    expect(request({ data: '0x01' })).toEqual({ data: bytes });
    expect(request({ input: '0x01', data: '0x01' })).toEqual({ data: bytes });
  });

  it.each<[unknown, string]>([
    [{ input: '0x01', data: '0x02' }, 'both "data" and "input" are set and not equal'],
    [{ chainId: '0x8' }, "chainId does not match node's (have=8, want=7)"],
    [{ gasPrice: '0x1', maxFeePerGas: '0x1' }, 'both gasPrice and'],
    [{ to: 'vitalik.eth' }, 'to: hex string without 0x prefix'],
    [{ accessList: [{}] }, 'missing field address'],
    ['0x', 'expected an object'],
  ])('refuses %j', (value, message) => {
    expect(() => request(value)).toThrow(message);
  });

  it('reads no field from a prototype', () => {
    const value: unknown = JSON.parse('{"__proto__":{"gas":"0x1"},"constructor":1}');
    expect(request(value)).toEqual({});
  });
});

describe('stateOverrides', () => {
  it('takes accounts with state or stateDiff, not both', () => {
    const word = `0x${'00'.repeat(31)}09`;
    const overrides = parse(stateOverrides, {
      [A]: { balance: '0x5', stateDiff: { '0x1': word } },
    }) as Map<string, unknown>;
    expect(overrides.get(A.toLowerCase())).toMatchObject({
      balance: 5n,
      stateDiff: new Map([[1n, 9n]]),
    });
    expect(() => parse(stateOverrides, { [A]: { state: {}, stateDiff: {} } })).toThrow(
      'account has both',
    );
  });
});

describe('logCriteria', () => {
  it('turns every form of topics into positions', () => {
    expect(parse(logCriteria, { address: A, topics: [null, H, [H, H], []] })).toMatchObject({
      addresses: [A.toLowerCase()],
      topics: [undefined, [H.toLowerCase()], [H.toLowerCase(), H.toLowerCase()], undefined],
    });
  });

  it.each<[unknown]>([
    [{ blockHash: H, fromBlock: '0x1' }],
    [{ topics: [H, H, H, H, H] }],
    [{ topics: ['0x1'] }],
    [{ address: ['0x1'] }],
  ])('refuses %j', (value) => {
    expect(() => parse(logCriteria, value)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMS' }),
    );
  });
});
