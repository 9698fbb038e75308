import type { Address } from '@flotilla/common';
import type { Allowlists, ChainConfig, FeeConfig, SealingConfig, TokenConfig } from '../config.js';
import { ChainError, ChainErrorCode } from '../errors.js';

/** What may change while a chain runs, each change from a block on. */
export interface ChainSettings {
  /** Gas per block. */
  readonly gasLimit: bigint;
  /** `gasPrice` is there unless the mode is `free`. */
  readonly fees: FeeConfig;
  /** For display only: no block depends on it. */
  readonly token: TokenConfig;
  readonly allow: Allowlists;
  /** When blocks are made: no block's validity depends on it. Absent in old records: as configured. */
  readonly sealing?: SealingConfig;
}

/** Settings and the first block that they are in force at. */
export interface ScheduledSettings {
  readonly fromBlock: number;
  /** Who changes settings counts up; genesis has 0. */
  readonly generation: number;
  readonly settings: ChainSettings;
}

export type SettingsInput = Pick<ChainConfig, 'gasLimit' | 'fees' | 'token' | 'allow' | 'sealing'>;

const GWEI = 1_000_000_000n;
const DEFAULT_GAS_LIMIT = 30_000_000n;
const MIN_GAS_LIMIT = 5_000n;
const MAX_GAS_LIMIT = 2n ** 63n - 1n;
const DEFAULT_TOKEN: TokenConfig = { name: 'Ether', symbol: 'ETH', decimals: 18 };

function invalid(why: string): ChainError {
  return new ChainError(ChainErrorCode.InvalidConfig, `invalid chain configuration: ${why}`);
}

/** Lower case, ascending, each once: two lists of the same addresses are then equal. */
function canonicalList(list: readonly Address[] | undefined): readonly Address[] | undefined {
  if (list === undefined) return undefined;
  return [...new Set(list.map((address) => address.toLowerCase() as Address))].sort();
}

function resolveFees({ mode, gasPrice = GWEI }: FeeConfig): FeeConfig {
  if (gasPrice < 0n) throw invalid('the gas price is negative');
  return mode === 'free' ? { mode } : { mode, gasPrice };
}

/** Fills in defaults. @throws ChainError `INVALID_CONFIG` */
export function resolveSettings(input: SettingsInput): ChainSettings {
  const gasLimit = input.gasLimit ?? DEFAULT_GAS_LIMIT;
  if (gasLimit < MIN_GAS_LIMIT || gasLimit > MAX_GAS_LIMIT) {
    throw invalid(`gas limit ${gasLimit} is not in [5000, 2^63)`);
  }
  const deployers = canonicalList(input.allow?.deployers);
  const senders = canonicalList(input.allow?.senders);
  return {
    gasLimit,
    fees: resolveFees(input.fees ?? { mode: 'free' }),
    token: input.token ?? DEFAULT_TOKEN,
    allow: { ...(deployers && { deployers }), ...(senders && { senders }) },
    ...(input.sealing && { sealing: input.sealing }),
  };
}
