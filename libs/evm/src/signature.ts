import { type Address, bigIntToBytes, bytesToHex, keccak256 } from '@flotilla/common';
import secp256k1 from 'secp256k1';
import { EvmError, EvmErrorCode } from './errors.js';

const SIGNATURE_BYTES = 64;

/**
 * The address that made a secp256k1 signature. Native: about 50 µs.
 * @param digest 32 bytes
 * @param r in [1, n), 32 bytes or a bigint
 * @param s in [1, n); callers who need EIP-2 check for the lower half themselves
 * @throws EvmError `INVALID_SIGNATURE`
 */
export function recoverAddress(
  digest: Uint8Array,
  r: bigint | Uint8Array,
  s: bigint | Uint8Array,
  yParity: number,
): Address {
  const signature = new Uint8Array(SIGNATURE_BYTES);
  signature.set(typeof r === 'bigint' ? bigIntToBytes(r, 32) : r, 0);
  signature.set(typeof s === 'bigint' ? bigIntToBytes(s, 32) : s, 32);
  let publicKey: Uint8Array;
  try {
    publicKey = secp256k1.ecdsaRecover(signature, yParity, digest, false);
  } catch (cause) {
    throw new EvmError(EvmErrorCode.InvalidSignature, 'no public key fits the signature', {
      cause,
    });
  }
  return bytesToHex(keccak256(publicKey.subarray(1)).subarray(12));
}
