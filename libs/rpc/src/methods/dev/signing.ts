import { bigIntToBytes, bytesToHex, concatBytes, type Hex, keccak256 } from '@flotilla/common';
import { signDigest } from '@flotilla/evm';
import type { RpcMethod } from '../../method.js';
import { malformed, method, type Parser } from '../../params/parser.js';
import { address, data, fields } from '../../params/values.js';
import type { DevWallets } from './dev-wallets.js';
import { named } from './named.js';

/** EIP-712: as an object, or as its JSON text. */
const typedData: Parser<Record<string, unknown>> = (value) => {
  if (typeof value !== 'string') return fields(value);
  try {
    return fields(JSON.parse(value));
  } catch {
    throw malformed('expected typed data');
  }
};

/** Signatures of the accounts whose keys everybody knows. */
export function signingMethods(wallets: DevWallets): RpcMethod[] {
  return [
    method('eth_sign', [address, data], ([account, message]) =>
      signMessage(message, wallets.key(account)),
    ),
    method('personal_sign', [data, address], ([message, account]) =>
      signMessage(message, wallets.key(account)),
    ),
    ...named(['eth_signTypedData_v4', 'eth_signTypedData'], (name) =>
      method(name, [address, typedData], async ([account, typed]) => {
        const key = wallets.key(account);
        // Loaded when it is asked for: a node that never signs doesn't hold it in memory.
        const { signTyped } = await import('micro-eth-signer');
        try {
          // No entropy of its own: the same data has the same signature (RFC 6979), as ethers, anvil and Hardhat make it.
          return signTyped(typed as never, bytesToHex(key), false);
        } catch (error) {
          throw malformed(`invalid typed data: ${(error as Error).message}`);
        }
      }),
    ),
  ];
}

/** EIP-191, version 0x45. */
function signMessage(message: Uint8Array, key: Uint8Array): Hex {
  const prefix = new TextEncoder().encode(`\x19Ethereum Signed Message:\n${message.length}`);
  const { r, s, yParity } = signDigest(keccak256(concatBytes(prefix, message)), key);
  return bytesToHex(
    concatBytes(bigIntToBytes(r, 32), bigIntToBytes(s, 32), Uint8Array.of(27 + yParity)),
  );
}
