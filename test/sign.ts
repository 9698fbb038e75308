import { encodeRlp, keccak256, toBeArray } from 'ethers';
import secp256k1 from 'secp256k1';
import { devWallet } from './accounts.js';

export interface Unsigned {
  readonly chainId: number;
  readonly nonce: number;
  readonly to: string | null;
  readonly value?: bigint;
  readonly gas?: bigint;
  readonly data?: string;
}

export interface Signed {
  readonly raw: string;
  readonly hash: string;
}

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.slice(2), 'hex'));
const number = (value: bigint | number) => toBeArray(value);

/** Signs type 2 transactions at no price with the native library: thousands in a second. */
export function signer(accountIndex: number): (tx: Unsigned) => Signed {
  const key = bytes(devWallet(accountIndex).privateKey);
  return ({ chainId, nonce, to, value = 0n, gas = 21_000n, data = '0x' }) => {
    const fields = [
      ...[number(chainId), number(nonce), number(0), number(0), number(gas)],
      ...[to ?? '0x', number(value), data],
      [],
    ];
    const digest = bytes(keccak256(`0x02${encodeRlp(fields as never).slice(2)}`));
    const { signature, recid } = secp256k1.ecdsaSign(digest, key);
    const half = (at: number) =>
      number(BigInt(`0x${Buffer.from(signature.subarray(at, at + 32)).toString('hex')}`));
    const raw = `0x02${encodeRlp([...fields, number(recid), half(0), half(32)] as never).slice(2)}`;
    return { raw, hash: keccak256(raw) };
  };
}
