import { bytesToBigInt } from '@flotilla/common';
import secp256k1 from 'secp256k1';

/** Signs with secp256k1, deterministically (RFC 6979) and with s in the lower half (EIP-2). Both 32 bytes. */
export function signDigest(
  digest: Uint8Array,
  privateKey: Uint8Array,
): { r: bigint; s: bigint; yParity: number } {
  const { signature, recid } = secp256k1.ecdsaSign(digest, privateKey);
  return {
    r: bytesToBigInt(signature.subarray(0, 32)),
    s: bytesToBigInt(signature.subarray(32)),
    yParity: recid,
  };
}
