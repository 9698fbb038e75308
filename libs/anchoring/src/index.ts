export * from './blocks-root.js';
export { anchorSlot } from './bundle/anchor-slot.js';
export { type BundleParts, buildBundle, type RpcProof } from './bundle/build.js';
export type { AccountWitness, ProofBundle, SlotWitness } from './bundle/bundle.js';
export { decodeBundle, encodeBundle } from './bundle/codec.js';
export { type BlockHeader, encodeHeader, type RpcBlock } from './bundle/header.js';
export {
  type ProvenAccount,
  type ProvenSlot,
  type TrustedRoot,
  type VerifiedBundle,
  verifyBundle,
} from './bundle/verify.js';
export * from './checkpoint.js';
export * from './checkpoint-builder.js';
export * from './checkpoint-hash.js';
export * from './errors.js';
export * from './generated/root-addresses.js';
export * from './quorum.js';
export * from './signature.js';
