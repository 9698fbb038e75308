import {
  type Address,
  bytesToHex,
  concatBytes,
  type Hash,
  type Hex,
  hexToBytes,
  isHex,
  keccak256,
} from '@flotilla/common';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { Checkpoint } from './checkpoint.js';
import { type CheckpointDomain, hashCheckpoint } from './checkpoint-hash.js';
import { AnchoringError, AnchoringErrorCode } from './errors.js';

/** r ‖ s ‖ v, where v is 27 or 28. */
export const SIGNATURE_BYTES = 65;

const RAW = { prehash: false } as const;

/**
 * Bits of a step through the curve's table of multiples: with the library's 8 the first signature waits for 4,224 points
 * and not 520, and later ones are no quicker that anybody could tell.
 */
const TABLE_WINDOW = 4;
secp256k1.Point.BASE.precompute(TABLE_WINDOW);

function toAddress(publicKey: Uint8Array): Address {
  const uncompressed = secp256k1.Point.fromBytes(publicKey).toBytes(false);
  return bytesToHex(keccak256(uncompressed.subarray(1)).subarray(12));
}

function invalid(why: string, cause?: unknown): AnchoringError {
  return new AnchoringError(AnchoringErrorCode.InvalidSignature, `invalid signature: ${why}`, {
    cause,
  });
}

/** @param privateKey 32 bytes, secp256k1 */
export function addressOfKey(privateKey: Uint8Array): Address {
  return toAddress(secp256k1.getPublicKey(privateKey));
}

/**
 * One member's signature over the EIP-712 digest: deterministic (RFC 6979), low-s.
 * @param privateKey 32 bytes, secp256k1
 */
export function signCheckpoint(
  checkpoint: Checkpoint,
  domain: CheckpointDomain,
  privateKey: Uint8Array,
): Hex {
  const digest = hexToBytes(hashCheckpoint(checkpoint, domain));
  const signed = secp256k1.sign(digest, privateKey, { ...RAW, format: 'recovered' });
  return bytesToHex(concatBytes(signed.subarray(1), Uint8Array.of(27 + signed[0])));
}

/**
 * Who made the signature. Any well-formed signature recovers to some address: compare the result.
 * @throws AnchoringError `INVALID_SIGNATURE`, for a high `s` too, so that no second form is accepted
 */
export function recoverSigner(digest: Hash, signature: Hex): Address {
  if (!isHex(signature, SIGNATURE_BYTES)) throw invalid(`not ${SIGNATURE_BYTES} bytes`);
  const bytes = hexToBytes(signature);
  const v = bytes[64];
  if (v !== 27 && v !== 28) throw invalid('v is neither 27 nor 28');
  const recovered = concatBytes(Uint8Array.of(v - 27), bytes.subarray(0, 64));
  try {
    if (secp256k1.Signature.fromBytes(recovered, 'recovered').hasHighS()) throw invalid('high s');
    return toAddress(secp256k1.recoverPublicKey(recovered, hexToBytes(digest), RAW));
  } catch (cause) {
    throw cause instanceof AnchoringError ? cause : invalid('no public key fits', cause);
  }
}
