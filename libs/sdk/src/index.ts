export {
  type Checkpoint,
  type ProvenAccount,
  type ProvenSlot,
  type TrustedRoot,
  type VerifiedBundle,
  verifyBundle,
} from '@flotilla/anchoring';
export type { Address, Hash, Hex } from '@flotilla/common';
export * from './client.js';
export { type DeployedRoot, type DeployRootOptions, deployRoot } from './deploy-root.js';
export type { AnchorExternalOptions } from './external.js';
export type { BenchOptions } from './load/bench-chain.js';
export type { Latency } from './load/latency.js';
export type { LoadProgress, LoadReport } from './load/run-load.js';
export { ChainsApi, type CreateOptions, type WaitOptions } from './rest/chains.js';
export * from './rest/checkpoints.js';
export * from './rest/errors.js';
export * from './rest/keys.js';
export { type FetchFunction, normalizeApiUrl, type TransportOptions } from './rest/transport.js';
export type * from './rest/types.js';
export type { WatchOptions } from './rest/watch.js';
