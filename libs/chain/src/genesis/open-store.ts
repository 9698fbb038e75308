import { bytesToHex, type Clock, type Hash, hexToBytes, ZERO_ADDRESS } from '@flotilla/common';
import { StateError, type StateStore, TABLES, WorldState, WriteBatch } from '@flotilla/state';
import { decodeHeader } from '../block/header.js';
import type { Header } from '../block/types.js';
import { loadTampering } from '../dev/tampering.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import { Forks } from '../execution/forks.js';
import { genesisConfigHash, type ResolvedConfig } from '../resolved-config.js';
import { settingsKey } from '../settings/settings-keys.js';
import { encodeSettings } from '../settings/settings-record.js';
import { BodyRecords, decodePointer, putBlock } from '../storage/block-records.js';
import { headerKey, META } from '../storage/keys.js';
import { allocateGenesis, genesisHeader } from './genesis.js';

export interface OpenedStore {
  readonly world: WorldState;
  readonly genesis: Header;
  readonly head: Header;
}

interface OpenStoreModules {
  readonly store: StateStore;
  readonly clock: Clock;
}

function corrupt(why: string, cause?: unknown): ChainError {
  return new ChainError(ChainErrorCode.CorruptChain, `the store is damaged: ${why}`, { cause });
}

/**
 * Writes genesis into an empty store, or finds the head of a used one and checks that it belongs to the state.
 * @throws ChainError `GENESIS_MISMATCH`, `CORRUPT_CHAIN`
 */
export async function openStore(
  config: ResolvedConfig,
  modules: OpenStoreModules,
): Promise<OpenedStore> {
  const { store } = modules;
  const world = new WorldState({ archive: config.history.archive }, { store });
  if (store.get('meta', META.head) === undefined) {
    if (holdsRecords(store)) throw corrupt('it holds records, and no head');
    return create(config, world, modules);
  }
  checkGenesis(config, store);
  const head = loadHead(store);
  checkState(world, head, loadTampering(store) !== undefined);
  return { world, genesis: loadHeader(store, 0), head };
}

/** @throws ChainError `CORRUPT_CHAIN` */
export function loadHead(store: StateStore): Header {
  const pointer = store.get('meta', META.head);
  if (pointer === undefined) throw corrupt('it has no head');
  const { number, hash } = decodePointer(pointer);
  const head = loadHeader(store, number);
  if (head.hash !== hash) throw corrupt(`block ${number} is not the head ${hash}`);
  return head;
}

/** @throws ChainError `CORRUPT_CHAIN` */
export function loadHeader(store: StateStore, number: number): Header {
  const rlp = store.get('blocks', headerKey(number));
  if (rlp === undefined) throw corrupt(`block ${number} is missing`);
  return decodeHeader(rlp);
}

async function create(
  config: ResolvedConfig,
  world: WorldState,
  { store, clock }: OpenStoreModules,
): Promise<OpenedStore> {
  const timestamp = config.genesisTimestamp ?? Math.floor(clock.now() / 1000);
  const state = world.begin();
  allocateGenesis(state, config);
  const prepared = world.prepareCommit(state, 0);
  const genesis = genesisHeader(config, new Forks(config.hardforks), prepared.stateRoot, timestamp);
  const batch = new WriteBatch();
  prepared.apply(batch);
  putBlock(batch, genesis, new BodyRecords());
  batch.put('meta', META.genesisConfigHash, hexToBytes(genesisConfigHash(config)));
  const settings = { fromBlock: 0, generation: 0, settings: config.genesisSettings };
  batch.put('meta', settingsKey(0), encodeSettings(settings));
  await store.commit(batch);
  return { world, genesis, head: genesis };
}

function checkGenesis(config: ResolvedConfig, store: StateStore): void {
  const stored = store.get('meta', META.genesisConfigHash);
  const expected: Hash = genesisConfigHash(config);
  if (stored !== undefined && bytesToHex(stored) === expected) return;
  throw new ChainError(
    ChainErrorCode.GenesisMismatch,
    `the store holds another chain than ${config.name} (${config.chainId}), or another genesis of it`,
  );
}

function holdsRecords(store: StateStore): boolean {
  return TABLES.some((table) => {
    for (const _ of store.range(table, { limit: 1 })) return true;
    return false;
  });
}

/**
 * That the state is the head's, and that its root node is there and has the hash. Of a chain that was tampered with,
 * the newest state may have been changed without a block.
 */
function checkState(world: WorldState, head: Header, isTampered: boolean): void {
  const state = world.head;
  const isOfHead = state?.blockNumber === head.number;
  if (!isOfHead || !(isTampered || state.root === head.stateRoot)) {
    throw corrupt(`the state is of block ${state?.blockNumber}, the head is ${head.number}`);
  }
  try {
    world.proof(head.number, ZERO_ADDRESS, []);
  } catch (cause) {
    if (!(cause instanceof StateError)) throw cause;
    throw corrupt(cause.message, cause);
  }
}
