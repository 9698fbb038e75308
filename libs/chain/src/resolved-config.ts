import { type Address, type Hash, keccak256Hex, ZERO_ADDRESS } from '@flotilla/common';
import type {
  BlockLimits,
  CallLimits,
  ChainConfig,
  GenesisAccount,
  HardforkSchedule,
  HistoryConfig,
  LogLimits,
  PoolLimits,
  SealingConfig,
} from './config.js';
import { ChainError, ChainErrorCode } from './errors.js';
import { PREDEPLOYS } from './genesis/predeploys.js';
import { type ChainSettings, resolveSettings } from './settings/chain-settings.js';

/** The configuration with every default filled in and checked. */
export interface ResolvedConfig {
  readonly chainId: number;
  readonly name: string;
  readonly hardforks: HardforkSchedule;
  /** What block 0 is made by; later blocks by what the schedule says. */
  readonly genesisSettings: ChainSettings;
  readonly sealing: SealingConfig;
  /** Everything that genesis holds: predeploys, then `alloc`, then the configuration's own `predeploys`. */
  readonly accounts: Readonly<Record<Address, GenesisAccount>>;
  readonly history: Required<HistoryConfig>;
  readonly coinbase: Address;
  readonly isDev: boolean;
  readonly genesisTimestamp: number | undefined;
  readonly allowUnprotected: boolean;
  readonly pool: Required<PoolLimits>;
  /** `budgetMs` undefined: by the sealing in force. */
  readonly blocks: Required<Omit<BlockLimits, 'budgetMs'>> & Pick<BlockLimits, 'budgetMs'>;
  readonly calls: Required<CallLimits>;
  readonly logs: Required<LogLimits>;
}

const MAX_CHAIN_ID = 2 ** 52;

function invalid(why: string): ChainError {
  return new ChainError(ChainErrorCode.InvalidConfig, `invalid chain configuration: ${why}`);
}

function check(config: ChainConfig, forks: HardforkSchedule): void {
  const { chainId } = config;
  if (!Number.isSafeInteger(chainId) || chainId < 1 || chainId >= MAX_CHAIN_ID) {
    throw invalid(`chain id ${chainId} is not in [1, 2^52)`);
  }
  if (forks.osaka !== undefined && (forks.prague ?? Number.POSITIVE_INFINITY) > forks.osaka) {
    throw invalid('osaka is scheduled without prague before it');
  }
}

/** @throws ChainError `INVALID_CONFIG` */
export function resolveConfig(config: ChainConfig): ResolvedConfig {
  const isDev = config.profile === 'dev';
  const hardforks = config.hardforks ?? { cancun: 0, prague: 0 };
  check(config, hardforks);
  return {
    chainId: config.chainId,
    name: config.name,
    hardforks,
    genesisSettings: resolveSettings(config),
    sealing: config.sealing ?? { mode: 'instant', intervalMs: 1000 },
    accounts: lowerCased({ ...PREDEPLOYS }, config.alloc, config.predeploys),
    history: { archive: false, minBlocks: 128, minSeconds: 600, ...config.history },
    coinbase: (config.coinbase?.toLowerCase() as Address | undefined) ?? ZERO_ADDRESS,
    isDev,
    genesisTimestamp: config.genesisTimestamp,
    allowUnprotected: config.unprotectedTransactions ?? isDev,
    pool: {
      globalPending: 65_536,
      globalQueued: 8_192,
      senderPending: 16_384,
      senderQueued: 64,
      bytes: 128 * 1024 * 1024,
      ...config.pool,
    },
    blocks: {
      sliceMs: 20,
      bytes: 8 * 1024 * 1024,
      ...config.blocks,
    },
    calls: {
      gasCap: 50_000_000n,
      timeoutMs: 5_000,
      traceTimeoutMs: 30_000,
      traceBytes: 24 * 1024 * 1024,
      ...config.calls,
    },
    logs: { blocks: 10_000, results: 20_000, timeoutMs: 5_000, ...config.logs },
  };
}

/** The rest of an interval is for roots, the commit and what arrives. */
const BUDGET_OF_INTERVAL = 0.8;
const INSTANT_BUDGET_MS = 500;

/** Milliseconds of execution after which a block is closed where nothing else is configured. */
export function defaultBudgetMs({ mode, intervalMs }: SealingConfig): number {
  if (mode === 'instant') return INSTANT_BUDGET_MS;
  return Math.max(1, Math.round(BUDGET_OF_INTERVAL * intervalMs));
}

function lowerCased(
  accounts: Record<Address, GenesisAccount>,
  ...more: (ChainConfig['alloc'] | undefined)[]
): Record<Address, GenesisAccount> {
  for (const alloc of more) {
    for (const [address, account] of Object.entries(alloc ?? {})) {
      accounts[address.toLowerCase() as Address] = account;
    }
  }
  return accounts;
}

/** In one fixed order and one spelling per value. */
function canonicalAccounts(config: ResolvedConfig): unknown[] {
  return Object.entries(config.accounts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([address, { balance, nonce, code, storage }]) => [
      address,
      balance.toString(),
      (nonce ?? 0n).toString(),
      (code ?? '0x').toLowerCase(),
      Object.entries(storage ?? {})
        .map(([slot, value]) => [BigInt(slot).toString(16), BigInt(value).toString(16)])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ]);
}

function hashOf(value: unknown): Hash {
  return keccak256Hex(new TextEncoder().encode(JSON.stringify(value)));
}

/** What a store's chain began with: it can't be opened as another. */
export function genesisConfigHash(config: ResolvedConfig): Hash {
  return hashOf(['flotilla genesis 1', config.chainId, canonicalAccounts(config)]);
}

/**
 * keccak-256 over all that consensus depends on under these settings; limits of one node are not part of it, nor is
 * the token. The root registers genesis's, each checkpoint carries that of its last block.
 */
export function configHash(
  config: ResolvedConfig,
  settings: ChainSettings = config.genesisSettings,
): Hash {
  const { hardforks } = config;
  const { gasLimit, fees, allow } = settings;
  return hashOf([
    'flotilla chain configuration 1',
    config.chainId,
    [hardforks.cancun, hardforks.prague ?? null, hardforks.osaka ?? null],
    gasLimit.toString(),
    [fees.mode, (fees.gasPrice ?? 0n).toString()],
    config.coinbase,
    config.genesisTimestamp ?? null,
    canonicalAccounts(config),
    [allow.deployers ?? null, allow.senders ?? null],
  ]);
}
