import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, bytesToHex, hexToBytes, ZERO_HASH } from '@flotilla/common';
import { type BlockEnv, Evm, intrinsicGas } from '@flotilla/evm';
import { WorldState } from '@flotilla/state';
import { MemoryStore } from '@flotilla/testing';
import { fixturesFolder, readJson } from './fixtures.js';

interface Vector {
  readonly Name: string;
  readonly Input: string;
  readonly Expected?: string;
  readonly ExpectedError?: string;
  readonly Gas?: number;
}

const ADDRESSES: readonly (readonly [pattern: RegExp, address: number])[] = [
  [/add_G1/, 0x0b],
  [/(mul|msm)_G1/, 0x0c],
  [/add_G2/, 0x0d],
  [/(mul|msm)_G2/, 0x0e],
  [/pairing/, 0x0f],
  [/map_fp_to_G1/, 0x10],
  [/map_fp2_to_G2/, 0x11],
  [/p256verify/, 0x100],
];

/** The file's gas is RIP-7212's; EIP-7951 asks for twice as much. */
const P256_GAS = 6_900n;
const GAS_LIMIT = 100_000_000n;

const folder = join(fixturesFolder(), 'precompiles');
const evm = new Evm({ hardfork: 'osaka' });
const block: BlockEnv = {
  number: 1n,
  timestamp: 1n,
  coinbase: `0x${'cc'.repeat(20)}`,
  gasLimit: GAS_LIMIT,
  baseFee: 0n,
  prevRandao: ZERO_HASH,
  blobBaseFee: 1n,
  chainId: 1n,
  blockHash: () => undefined,
};

function addressOf(file: string): Address {
  const row = ADDRESSES.find(([pattern]) => pattern.test(file));
  if (row === undefined) throw new Error(`No precompile is known for ${file}`);
  return `0x${row[1].toString(16).padStart(40, '0')}`;
}

function run(to: Address, { Input }: Vector) {
  const data = hexToBytes(`0x${Input}`);
  const state = new WorldState({}, { store: new MemoryStore() }).begin();
  const result = evm.call({ to, data, gasLimit: GAS_LIMIT }, block, state);
  const { intrinsic, floor } = intrinsicGas({ to, data }, 'osaka');
  return { ...result, intrinsic, floor };
}

describe.each(readdirSync(folder))('%s', (file) => {
  const to = addressOf(file);
  const vectors = readJson<Vector[]>(join(folder, file));

  it.each(vectors.map((vector) => [vector.Name, vector] as const))('%s', (_name, vector) => {
    const { status, output, gasUsed, intrinsic, floor } = run(to, vector);
    if (vector.Expected === undefined) {
      expect(status).toBe('halt');
      expect(gasUsed).toBe(GAS_LIMIT);
      return;
    }
    expect(status).toBe('success');
    expect(bytesToHex(output)).toBe(`0x${vector.Expected}`);
    const gas = intrinsic + (file.includes('p256') ? P256_GAS : BigInt(vector.Gas!));
    expect(gasUsed).toBe(gas > floor ? gas : floor);
  });
});
