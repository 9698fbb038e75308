import { FlotillaError } from '@flotilla/common';

/** Why a checkpoint, a quorum or a proof bundle is refused. */
export enum AnchoringErrorCode {
  /** A field is missing, unknown, of the wrong type or out of range. */
  InvalidCheckpoint = 'INVALID_CHECKPOINT',
  /** A checkpoint must cover at least one block, and its blocks must be contiguous. */
  InvalidBlockRange = 'INVALID_BLOCK_RANGE',
  /** Not 65 bytes, a high `s`, a recovery id other than 27 or 28, or no point of the curve. */
  InvalidSignature = 'INVALID_SIGNATURE',
  /** Empty, too large, or not in strictly ascending order. */
  InvalidCommittee = 'INVALID_COMMITTEE',
  /** The bitmap names a member that does not exist, or disagrees with the number of signatures. */
  InvalidBitmap = 'INVALID_BITMAP',
  /** A signature is not that of the member its bit names, or of a stranger. */
  WrongSigner = 'WRONG_SIGNER',
  /** Fewer signatures than the threshold. */
  QuorumNotReached = 'QUORUM_NOT_REACHED',
  /** Not the canonical encoding of a bundle. */
  MalformedBundle = 'MALFORMED_BUNDLE',
  /** The digest at the bundle's end is not that of its content. */
  BundleDigestMismatch = 'BUNDLE_DIGEST_MISMATCH',
  /** A block header is not canonical RLP of a header, or does not hash to what is claimed. */
  InvalidHeader = 'INVALID_HEADER',
  /** The bundle's root header is not the one that the caller trusts. */
  UntrustedRoot = 'UNTRUSTED_ROOT',
  /** A Merkle Patricia proof does not lead from its root to its key. */
  InvalidProof = 'INVALID_PROOF',
  /** The root holds another anchor, or none, where the bundle claims one. */
  AnchorMismatch = 'ANCHOR_MISMATCH',
  /** The micro chain's header is not that of the checkpoint's last block. */
  BlockMismatch = 'BLOCK_MISMATCH',
}

export class AnchoringError extends FlotillaError<AnchoringErrorCode> {}
