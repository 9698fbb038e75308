import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliErrorCode } from '../errors.js';
import {
  changeFromOptions,
  parseAllowlist,
  parseDurationMs,
  parseGasPrice,
  parseInteger,
  parseSleepSeconds,
  specFromOptions,
} from './spec-options.js';

const invalid = expect.objectContaining({ code: CliErrorCode.InvalidArgument });

it.each([
  ['500', 500],
  ['500ms', 500],
  ['2s', 2_000],
  ['1.5s', 1_500],
  ['1m', 60_000],
])('reads %s as %d ms', (text, ms) => expect(parseDurationMs(text)).toBe(ms));

it.each([
  ['1000000000', '1000000000'],
  ['7wei', '7'],
  ['1gwei', '1000000000'],
  ['0.5gwei', '500000000'],
  ['123456789012.123456789gwei', '123456789012123456789'],
])('reads %s as %s wei', (text, wei) => expect(parseGasPrice(text)).toBe(wei));

it.each([
  ['90s', 90],
  ['10m', 600],
  ['never', null],
])('reads sleep after %s as %s seconds', (text, seconds) =>
  expect(parseSleepSeconds(text)).toBe(seconds),
);

it.each([
  () => parseDurationMs('soon'),
  () => parseSleepSeconds('seldom'),
  () => parseDurationMs('-1s'),
  () => parseGasPrice('0.5'),
  () => parseGasPrice('1 gwei'),
  () => parseGasPrice('1.0000000001gwei'),
  () => parseAllowlist('--senders', ''),
  () => parseAllowlist('--senders', '0x12'),
  () => parseInteger('--chain-id', '1.5'),
  () => parseInteger('--chain-id', ''),
  () => parseInteger('--chain-id', '-1'),
  () => parseInteger('--chain-id', '1e99'),
])('refuses what is no value: %s', (parse) => expect(parse).toThrow(invalid));

describe('the spec', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-spec-'));
  const file = join(folder, 'spec.json');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has only what was asked for', async () => {
    expect(JSON.stringify(await specFromOptions({}))).toBe('{}');
    expect(await specFromOptions({ chainId: '0x2a', token: 'SHOP' })).toEqual({
      chainId: 42,
      token: { symbol: 'SHOP' },
    });
  });

  it('says when to sleep, never as null', async () => {
    expect(await specFromOptions({ sleepAfter: '5m' })).toEqual({ sleep: { afterSeconds: 300 } });
    expect(await changeFromOptions({ sleepAfter: 'never' })).toEqual({
      sleep: { afterSeconds: null },
    });
  });

  it('says who may deploy and send; a change takes a list away with null', async () => {
    const alice = `0x${'a1'.repeat(20)}`;
    const bob = `0x${'b0'.repeat(20)}`;
    const options = { deployers: `${alice}, ${bob}`, senders: 'nobody' };
    const allow = { deployers: [alice, bob], senders: [] };
    expect(await specFromOptions(options)).toEqual({ allow });
    expect(await changeFromOptions(options)).toEqual({ allow });
    expect(await specFromOptions({ deployers: 'everyone' })).toEqual({});
    expect(await changeFromOptions({ deployers: 'everyone' })).toEqual({
      allow: { deployers: null },
    });
  });

  it('of a change leaves the mode as it is', async () => {
    expect(await changeFromOptions({ gasPrice: '1gwei', blockTime: '2s' })).toEqual({
      sealing: { intervalMs: 2_000 },
      fees: { gasPrice: '1000000000' },
    });
  });

  it('takes the mode from a block time or a gas price, unless it is given', async () => {
    expect(await specFromOptions({ blockTime: '2s', gasPrice: '1gwei' })).toEqual({
      sealing: { mode: 'interval', intervalMs: 2_000 },
      fees: { mode: 'fixed', gasPrice: '1000000000' },
    });
    expect(
      await specFromOptions({ blockTime: '2s', sealing: 'lazy', gasPrice: '1', fees: 'eip1559' }),
    ).toMatchObject({ sealing: { mode: 'lazy' }, fees: { mode: 'eip1559' } });
  });

  it('comes from a file, field by field overridden by options', async () => {
    writeFileSync(file, '{"sealing": {"mode": "lazy", "intervalMs": 900}, "gasLimit": 5000000}');
    expect(await specFromOptions({ spec: file, gasLimit: '6000000', sealing: 'interval' })).toEqual(
      {
        sealing: { mode: 'interval', intervalMs: 900 },
        gasLimit: 6_000_000,
      },
    );
  });

  it.each(['[]', '"x"', 'null', '{', ''])('refuses a file that holds %s', async (text) => {
    writeFileSync(file, text);
    await expect(specFromOptions({ spec: file })).rejects.toEqual(invalid);
  });

  it('says when there is no file', async () => {
    await expect(specFromOptions({ spec: join(folder, 'none') })).rejects.toMatchObject({
      code: CliErrorCode.FileUnreadable,
    });
  });
});
