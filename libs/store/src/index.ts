export { StoreError, StoreErrorCode, type StoreErrorData } from './errors.js';
export { FileJournal, type FileJournalOptions } from './file-journal.js';
export { FolderLock } from './folder-lock.js';
export {
  type DatabaseInspection,
  type InspectionVisitor,
  inspectDatabase,
  inspectJournal,
  type JournalInspection,
} from './inspect.js';
export { LmdbStore, type LmdbStoreOptions, type TableSize } from './lmdb-store.js';
