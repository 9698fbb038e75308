import { type Address, bytesToHex, hexToBytes, ZERO_HASH } from '@flotilla/common';
import type { JournaledState } from '@flotilla/state';
import { BLOOM_BYTES } from '../block/bloom.js';
import {
  CONSTANT_FIELDS,
  EMPTY_REQUESTS_HASH,
  EMPTY_ROOT,
  encodeExtraData,
  withHash,
} from '../block/header.js';
import type { Header } from '../block/types.js';
import type { GenesisAccount } from '../config.js';
import type { Forks } from '../execution/forks.js';
import { firstBaseFee } from '../fees/base-fee.js';
import type { ResolvedConfig } from '../resolved-config.js';

function allocate(state: JournaledState, address: Address, account: GenesisAccount): void {
  state.setBalance(address, account.balance);
  state.setNonce(address, account.nonce ?? 0n);
  if (account.code !== undefined) state.setCode(address, hexToBytes(account.code));
  for (const [slot, value] of Object.entries(account.storage ?? {})) {
    state.setStorage(address, BigInt(slot), BigInt(value));
  }
}

/** Writes the configuration's accounts into an empty state. */
export function allocateGenesis(state: JournaledState, config: ResolvedConfig): void {
  state.beginTransaction();
  for (const [address, account] of Object.entries(config.accounts)) {
    allocate(state, address as Address, account);
  }
  state.endTransaction();
}

/** Block 0. @param timestamp seconds since the Unix epoch */
export function genesisHeader(
  config: ResolvedConfig,
  forks: Forks,
  stateRoot: Header['stateRoot'],
  timestamp: number,
): Header {
  return withHash({
    ...CONSTANT_FIELDS,
    parentHash: ZERO_HASH,
    coinbase: config.coinbase,
    stateRoot,
    transactionsRoot: EMPTY_ROOT,
    receiptsRoot: EMPTY_ROOT,
    logsBloom: bytesToHex(new Uint8Array(BLOOM_BYTES)),
    number: 0,
    gasLimit: config.genesisSettings.gasLimit,
    gasUsed: 0n,
    timestamp,
    extraData: encodeExtraData(0),
    mixHash: ZERO_HASH,
    baseFeePerGas: firstBaseFee(config.genesisSettings.fees),
    requestsHash: forks.at(timestamp) === 'cancun' ? undefined : EMPTY_REQUESTS_HASH,
  });
}
