export { type Account, EMPTY_CODE_HASH, EMPTY_TRIE_ROOT } from './account.js';
export {
  type AccountProof,
  type SlotProof,
  verifyAccount,
  verifySlot,
} from './account-proof.js';
export type { StateAudit } from './audit.js';
export { StateError, StateErrorCode } from './errors.js';
export { JournaledState, type StateLog } from './journaled-state.js';
export type { StateHead } from './state-head.js';
export type { StateReader } from './state-reader.js';
export {
  type RangeOptions,
  type StateStore,
  TABLES,
  type Table,
  WriteBatch,
  type WriteOperation,
} from './state-store.js';
export { StateView } from './state-view.js';
export { trieRoot } from './trie/trie-root.js';
export { verifyProof } from './trie/verify-proof.js';
export { type PreparedCommit, WorldState, type WorldStateOptions } from './world-state.js';
