import {
  concatBytes,
  EMPTY_BYTES,
  encodeRlp,
  hexToBytes,
  keccak256,
  type RlpItem,
} from '@flotilla/common';
import { uint } from './fields.js';
import { encodeAccessList, encodeAuthorizationList } from './lists.js';
import type { SignedTransaction } from './types.js';

/** What a sender signs. Fees in wei per gas. */
export interface UnsignedTransaction
  extends Pick<
    SignedTransaction,
    | 'nonce'
    | 'maxFeePerGas'
    | 'maxPriorityFeePerGas'
    | 'gasLimit'
    | 'to'
    | 'value'
    | 'data'
    | 'accessList'
    | 'authorizationList'
  > {
  readonly type: 0 | 1 | 2 | 4;
  readonly chainId: bigint;
}

export type Signature = Pick<SignedTransaction, 'yParity' | 'r' | 's'>;

function payload(tx: UnsignedTransaction): RlpItem[] {
  const { type, maxFeePerGas, maxPriorityFeePerGas } = tx;
  const fees = type < 2 ? [maxFeePerGas] : [maxPriorityFeePerGas, maxFeePerGas];
  const fields: RlpItem[] = [
    uint(tx.nonce),
    ...fees.map(uint),
    uint(tx.gasLimit),
    tx.to === undefined ? EMPTY_BYTES : hexToBytes(tx.to),
    uint(tx.value),
    tx.data,
  ];
  if (type === 0) return fields;
  const typed = [uint(tx.chainId), ...fields, encodeAccessList(tx.accessList)];
  return type === 4 ? [...typed, encodeAuthorizationList(tx.authorizationList)] : typed;
}

function envelope(type: number, items: RlpItem[]): Uint8Array {
  const list = encodeRlp(items);
  return type === 0 ? list : concatBytes(Uint8Array.of(type), list);
}

/** What the sender signs; of type 0 with replay protection (EIP-155). */
export function encodeUnsigned(tx: UnsignedTransaction): Uint8Array {
  const protection = tx.type === 0 ? [uint(tx.chainId), EMPTY_BYTES, EMPTY_BYTES] : [];
  return envelope(tx.type, [...payload(tx), ...protection]);
}

/** keccak-256 of what the sender signs. */
export function unsignedHash(tx: UnsignedTransaction): Uint8Array {
  return keccak256(encodeUnsigned(tx));
}

/** The canonical encoding (EIP-2718 envelope). */
export function encodeTransaction(tx: UnsignedTransaction, signature: Signature): Uint8Array {
  const { yParity, r, s } = signature;
  const v = tx.type === 0 ? 35n + 2n * tx.chainId + BigInt(yParity) : BigInt(yParity);
  return envelope(tx.type, [...payload(tx), uint(v), uint(r), uint(s)]);
}
