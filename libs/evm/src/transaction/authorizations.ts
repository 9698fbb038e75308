import {
  type Address,
  bigIntToMinimalBytes,
  concatBytes,
  EMPTY_BYTES,
  encodeRlp,
  hexToBytes,
  keccak256,
  ZERO_ADDRESS,
} from '@flotilla/common';
import { EvmError } from '../errors.js';
import { Gas, Limit } from '../gas.js';
import { EMPTY_CODE_HASH } from '../hashes.js';
import { isDelegation } from '../program.js';
import { recoverAddress } from '../signature.js';
import type { EvmState } from '../state.js';
import type { Authorization } from '../types.js';

const MAGIC = Uint8Array.of(0x05);
const DESIGNATOR_PREFIX = Uint8Array.of(0xef, 0x01, 0x00);
/** Half of secp256k1's order: EIP-2's bound on s. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const ORDER = 2n * HALF_ORDER + 1n;

/** The digest that an authority signs (EIP-7702). */
export function authorizationDigest(
  authorization: Pick<Authorization, 'chainId' | 'address' | 'nonce'>,
): Uint8Array {
  const { chainId, address, nonce } = authorization;
  const body = encodeRlp([
    bigIntToMinimalBytes(chainId),
    hexToBytes(address),
    bigIntToMinimalBytes(nonce),
  ]);
  return keccak256(concatBytes(MAGIC, body));
}

/** Who signed the authorization; undefined when the signature is invalid. */
export function recoverAuthority(authorization: Authorization): Address | undefined {
  const { r, s, yParity } = authorization;
  if (r === 0n || r >= ORDER || s === 0n || s > HALF_ORDER) return undefined;
  if (yParity !== 0 && yParity !== 1) return undefined;
  try {
    return recoverAddress(authorizationDigest(authorization), r, s, yParity);
  } catch (error) {
    if (error instanceof EvmError) return undefined;
    throw error;
  }
}

/** Applies a type 4 transaction's delegations in order. Those that don't fit are skipped, at full price. */
export function applyAuthorizations(
  authorizations: readonly Authorization[],
  chainId: bigint,
  state: EvmState,
): void {
  for (const authorization of authorizations) applyAuthorization(authorization, chainId, state);
}

function applyAuthorization(authorization: Authorization, chainId: bigint, state: EvmState): void {
  if (authorization.chainId !== 0n && authorization.chainId !== chainId) return;
  if (authorization.nonce >= Limit.maxNonce) return;
  const authority = recoverAuthority(authorization);
  if (authority === undefined) return;
  state.warmAddress(authority);
  const hasCode = state.getCodeHash(authority) !== EMPTY_CODE_HASH;
  if (hasCode && !isDelegation(state.getCode(authority))) return;
  if (state.getNonce(authority) !== authorization.nonce) return;
  if (state.exists(authority)) state.addRefund(BigInt(Gas.authorizationExistingRefund));
  const clears = authorization.address === ZERO_ADDRESS;
  const code = clears
    ? EMPTY_BYTES
    : concatBytes(DESIGNATOR_PREFIX, hexToBytes(authorization.address));
  state.setCode(authority, code);
  state.setNonce(authority, authorization.nonce + 1n);
}
