import { hexToBytes } from '@flotilla/common';
import { type StateStore, TABLES, WorldState, WriteBatch } from '@flotilla/state';
import type { Header } from '../block/types.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import { allocateGenesis } from '../genesis/genesis.js';
import { genesisConfigHash, type ResolvedConfig } from '../resolved-config.js';
import { BodyRecords, putBlock } from '../storage/block-records.js';
import { META } from '../storage/keys.js';
import { isKept } from './kept-records.js';

/** Records that one commit may delete: each takes some hundred bytes until it is durable. */
const MAX_RECORDS = 2_000_000;

const NOTHING: StateStore = { get: () => undefined, range: () => [], commit: async () => {} };

/**
 * Everything that takes the store back to its genesis block, the same one. Code stays as well: it is found by its hash alone.
 * @throws ChainError `LIMIT_EXCEEDED` when there is too much to delete at once
 */
export function genesisBatch(
  config: ResolvedConfig,
  genesis: Header,
  store: StateStore,
): WriteBatch {
  const batch = new WriteBatch();
  for (const table of TABLES.filter((name) => name !== 'codes')) {
    for (const [key] of store.range(table, {})) {
      if (isKept(table, key)) continue;
      if (batch.operations.length >= MAX_RECORDS) throw tooLarge();
      batch.delete(table, key);
    }
  }
  const world = new WorldState({ archive: config.history.archive }, { store: NOTHING });
  const state = world.begin();
  allocateGenesis(state, config);
  world.prepareCommit(state, 0).apply(batch);
  putBlock(batch, genesis, new BodyRecords());
  batch.put('meta', META.genesisConfigHash, hexToBytes(genesisConfigHash(config)));
  return batch;
}

function tooLarge(): ChainError {
  return new ChainError(
    ChainErrorCode.LimitExceeded,
    'the chain is too large to be reset: delete it and create it again',
    { data: { limit: MAX_RECORDS } },
  );
}
