import type { Address } from '@flotilla/common';
import { type Hardfork, isActive } from '@flotilla/evm';
import type { HardforkSchedule } from '../config.js';
import {
  BEACON_ROOTS_ADDRESS,
  CONSOLIDATION_REQUESTS_ADDRESS,
  HISTORY_STORAGE_ADDRESS,
  WITHDRAWAL_REQUESTS_ADDRESS,
} from '../genesis/predeploys.js';

/** EIP-7910: what one fork of the chain brings with it. */
export interface ForkConfig {
  /** Seconds since the Unix epoch; 0 is genesis. */
  readonly activationTime: number;
  /** Of this fork and those before it, but for what came with genesis: what EIP-6122 hashes. */
  readonly forkTimes: readonly number[];
  readonly blobSchedule: {
    readonly baseFeeUpdateFraction: number;
    readonly max: number;
    readonly target: number;
  };
  /** By the names of EIP-7910. */
  readonly precompiles: Readonly<Record<string, Address>>;
  readonly systemContracts: Readonly<Record<string, Address>>;
}

export interface ForkConfigs {
  readonly current: ForkConfig;
  readonly next: ForkConfig | undefined;
  readonly last: ForkConfig | undefined;
}

type Since<Value> = readonly [name: string, value: Value, since: Hardfork];

const PRECOMPILES: readonly Since<number>[] = [
  ['ECREC', 0x01, 'cancun'],
  ['SHA256', 0x02, 'cancun'],
  ['RIPEMD160', 0x03, 'cancun'],
  ['ID', 0x04, 'cancun'],
  ['MODEXP', 0x05, 'cancun'],
  ['BN254_ADD', 0x06, 'cancun'],
  ['BN254_MUL', 0x07, 'cancun'],
  ['BN254_PAIRING', 0x08, 'cancun'],
  ['BLAKE2F', 0x09, 'cancun'],
  ['KZG_POINT_EVALUATION', 0x0a, 'cancun'],
  ['BLS12_G1ADD', 0x0b, 'prague'],
  ['BLS12_G1MSM', 0x0c, 'prague'],
  ['BLS12_G2ADD', 0x0d, 'prague'],
  ['BLS12_G2MSM', 0x0e, 'prague'],
  ['BLS12_PAIRING_CHECK', 0x0f, 'prague'],
  ['BLS12_MAP_FP_TO_G1', 0x10, 'prague'],
  ['BLS12_MAP_FP2_TO_G2', 0x11, 'prague'],
  ['P256VERIFY', 0x100, 'osaka'],
];

/** No deposit contract: there are no validators. */
const SYSTEM_CONTRACTS: readonly Since<Address>[] = [
  ['BEACON_ROOTS_ADDRESS', BEACON_ROOTS_ADDRESS, 'cancun'],
  ['HISTORY_STORAGE_ADDRESS', HISTORY_STORAGE_ADDRESS, 'prague'],
  ['WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS', WITHDRAWAL_REQUESTS_ADDRESS, 'prague'],
  ['CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS', CONSOLIDATION_REQUESTS_ADDRESS, 'prague'],
];

/** EIP-4844, EIP-7691. */
const BASE_FEE_UPDATE_FRACTION: Record<Hardfork, number> = {
  cancun: 3_338_477,
  prague: 5_007_716,
  osaka: 5_007_716,
};

const addressOf = (value: number): Address => `0x${value.toString(16).padStart(40, '0')}`;

function activeAt<Value>(rows: readonly Since<Value>[], hardfork: Hardfork): [string, Value][] {
  return rows
    .filter(([, , since]) => isActive(since, hardfork))
    .map(([name, value]) => [name, value]);
}

function configOf(
  hardfork: Hardfork,
  activationTime: number,
  forkTimes: readonly number[],
): ForkConfig {
  return {
    activationTime,
    forkTimes,
    // The chain takes no blobs.
    blobSchedule: {
      baseFeeUpdateFraction: BASE_FEE_UPDATE_FRACTION[hardfork],
      max: 0,
      target: 0,
    },
    precompiles: Object.fromEntries(
      activeAt(PRECOMPILES, hardfork).map(([name, value]) => [name, addressOf(value)]),
    ),
    systemContracts: Object.fromEntries(activeAt(SYSTEM_CONTRACTS, hardfork)),
  };
}

/** EIP-7910, as of a block's time. `next` and `last` are undefined when no fork is to come. */
export function forkConfigs(
  schedule: HardforkSchedule,
  times: { readonly genesis: number; readonly now: number },
): ForkConfigs {
  const forks = Object.entries(schedule) as [Hardfork, number | undefined][];
  const configs = forks
    .flatMap(([hardfork, time]) => (time === undefined ? [] : [{ hardfork, time }]))
    // Of forks at the same time the newest counts.
    .filter(({ hardfork, time }, _, all) =>
      all.every((other) => other.time !== time || isActive(other.hardfork, hardfork)),
    )
    .sort((a, b) => a.time - b.time)
    .map(({ hardfork, time }, i, all) => {
      const until = all.slice(0, i + 1).map((fork) => fork.time);
      return configOf(
        hardfork,
        time,
        until.filter((forkTime) => forkTime > times.genesis),
      );
    });
  const active = configs.filter(({ activationTime }) => activationTime <= times.now);
  const future = configs.slice(active.length);
  return { current: active.at(-1) as ForkConfig, next: future[0], last: future.at(-1) };
}
