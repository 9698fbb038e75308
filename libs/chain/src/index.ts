export * from './audit/audit-chain.js';
export * from './audit/audit-journal.js';
export { type DecodedBlock, decodeBlock, encodeBlock } from './block/block.js';
export { bloomMask, logsBloom, mayContain } from './block/bloom.js';
export { decodeEpoch, decodeHeader, encodeExtraData, encodeHeader } from './block/header.js';
export type * from './block/types.js';
export * from './blockchain.js';
export * from './chain-view.js';
export type * from './config.js';
export type { DevControls, MineOptions } from './dev/dev-controls.js';
export { impersonate, isImpersonated } from './dev/impersonation.js';
export type { Tampering } from './dev/tampering.js';
export * from './errors.js';
export * from './events.js';
export type { ConfirmBlock } from './execution/chain-writer.js';
export * from './genesis/predeploys.js';
export type * from './journal.js';
export type { AccessListOutcome } from './query/access-list.js';
export type { ForkConfig, ForkConfigs } from './query/fork-config.js';
export { haltMessage } from './query/halt-message.js';
export { bloomMatcher, matchesFilter } from './query/logs.js';
export { revertReason } from './query/revert-reason.js';
export * from './query/simulate/errors.js';
export type * from './query/simulate/types.js';
export type * from './query/trace/types.js';
export { transactionType } from './query/transaction-type.js';
export type * from './query/types.js';
export { configHash, type ResolvedConfig, resolveConfig } from './resolved-config.js';
export * from './sealing/sealer.js';
export type * from './settings/chain-settings.js';
export {
  decodeSettings,
  encodeSettings,
  type SettingsRecord,
  settingsRecord,
} from './settings/settings-record.js';
export * from './shared-chain-view.js';
export { encodeReceipt } from './storage/receipt-record.js';
export type { ChainTotals } from './storage/totals.js';
export { decodeTransaction } from './transaction/decode.js';
export {
  encodeTransaction,
  encodeUnsigned,
  type UnsignedTransaction,
  unsignedHash,
} from './transaction/encode.js';
export { gasLimitOf } from './transaction/gas-limit.js';
export { TransactionReceiver } from './transaction/receive.js';
export { recoverSender, signingHash, withSender } from './transaction/sender.js';
export { type BatchItem, TransactionBatch } from './transaction/transaction-batch.js';
export type * from './transaction/types.js';
export { unsupportedType } from './transaction/unsupported-type.js';
export type { Refusal } from './txpool/intake.js';
export type * from './txpool/types.js';
