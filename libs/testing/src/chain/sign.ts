import type { AccessListEntry, Authorization } from '@flotilla/chain';
import { type Address, type Hex, hexToBytes } from '@flotilla/common';
import { privateKeyToAccount } from 'viem/accounts';
import type { TestAccount } from './accounts.js';

export interface UnsignedTransaction {
  readonly type?: 0 | 1 | 2 | 4;
  /** Default 1337. `undefined` given explicitly makes a legacy transaction without replay protection. */
  readonly chainId?: number;
  readonly nonce?: number;
  readonly to?: Address | null;
  readonly value?: bigint;
  readonly gas?: bigint;
  readonly gasPrice?: bigint;
  readonly maxFeePerGas?: bigint;
  readonly maxPriorityFeePerGas?: bigint;
  readonly data?: Hex;
  readonly accessList?: readonly AccessListEntry[];
  readonly authorizationList?: readonly Authorization[];
}

const TYPES = { 0: 'legacy', 1: 'eip2930', 2: 'eip1559', 4: 'eip7702' } as const;
export const TEST_CHAIN_ID = 1337;

/** Signs with viem, so that our own encoder and signer don't check themselves. */
export async function signTransaction(
  account: TestAccount,
  tx: UnsignedTransaction,
): Promise<Uint8Array> {
  const type = tx.type ?? 2;
  const fees =
    type < 2
      ? { gasPrice: tx.gasPrice ?? 0n }
      : {
          maxFeePerGas: tx.maxFeePerGas ?? 0n,
          maxPriorityFeePerGas: tx.maxPriorityFeePerGas ?? 0n,
        };
  const request = {
    type: TYPES[type],
    chainId: 'chainId' in tx ? tx.chainId : TEST_CHAIN_ID,
    nonce: tx.nonce ?? 0,
    to: tx.to === null ? undefined : (tx.to ?? account.address),
    value: tx.value ?? 0n,
    gas: tx.gas ?? 21_000n,
    data: tx.data,
    ...fees,
    ...(type > 0 ? { accessList: tx.accessList ?? [] } : {}),
    ...(type === 4 ? { authorizationList: tx.authorizationList?.map(forViem) ?? [] } : {}),
  };
  const signer = privateKeyToAccount(account.privateKey);
  return hexToBytes(await signer.signTransaction(request as never));
}

function forViem(authorization: Authorization) {
  const { address, chainId, nonce, yParity, r, s } = authorization;
  const word = (value: bigint) => `0x${value.toString(16).padStart(64, '0')}`;
  return {
    address,
    chainId: Number(chainId),
    nonce: Number(nonce),
    yParity,
    r: word(r),
    s: word(s),
  };
}

/** EIP-7702: lets `address`'s code stand for the account's. */
export async function signAuthorization(
  account: TestAccount,
  fields: { readonly address: Address; readonly nonce: number; readonly chainId?: number },
): Promise<Authorization> {
  const chainId = fields.chainId ?? TEST_CHAIN_ID;
  const signed = await privateKeyToAccount(account.privateKey).signAuthorization({
    contractAddress: fields.address,
    chainId,
    nonce: fields.nonce,
  });
  return {
    chainId: BigInt(chainId),
    address: fields.address,
    nonce: BigInt(fields.nonce),
    yParity: signed.yParity ?? 0,
    r: BigInt(signed.r),
    s: BigInt(signed.s),
  };
}
