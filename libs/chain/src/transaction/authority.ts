import { type Address, encodeRlp, hexToBytes, keccak256 } from '@flotilla/common';
import { type Authorization, recoverAddress } from '@flotilla/evm';
import { uint } from './fields.js';

const MAGIC = 0x05;

/** Who signed the authorization (EIP-7702); undefined when the signature is no good, which makes it void. */
export function recoverAuthority(authorization: Authorization): Address | undefined {
  const { chainId, address, nonce, yParity, r, s } = authorization;
  const body = encodeRlp([uint(chainId), hexToBytes(address), uint(nonce)]);
  const message = new Uint8Array(body.length + 1);
  message[0] = MAGIC;
  message.set(body, 1);
  try {
    return recoverAddress(keccak256(message), r, s, yParity);
  } catch {
    return undefined;
  }
}
