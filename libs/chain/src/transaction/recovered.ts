import { type Address, bytesToHex, EMPTY_BYTES, type Hash, RlpCursor } from '@flotilla/common';
import type { AccessListEntry, Authorization } from '@flotilla/evm';
import { decodeBody, legacyParity } from './decode.js';
import type { Transaction, TransactionType } from './types.js';

/** What pool and executor ask for on every transaction is read at once; the rest when somebody asks for it. */
class PlainTransaction implements Transaction {
  readonly chainId: bigint | undefined;
  readonly nonce: bigint;
  readonly gasPrice: bigint | undefined;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly gasLimit: bigint;
  readonly to: Address | undefined;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly #hasAccessList: boolean;
  #body: ReturnType<typeof decodeBody> | undefined;

  constructor(
    readonly raw: Uint8Array,
    readonly hash: Hash,
    readonly from: Address,
    readonly type: TransactionType,
  ) {
    cursor.reset(raw, type === 0 ? 0 : 1);
    cursor.enterList();
    const chainId = type === 0 ? undefined : cursor.uint();
    this.nonce = cursor.uint();
    const price = cursor.uint();
    this.gasPrice = type === 2 ? undefined : price;
    this.maxPriorityFeePerGas = price;
    this.maxFeePerGas = type === 2 ? cursor.uint() : price;
    this.gasLimit = cursor.uint();
    const to = cursor.bytes();
    this.to = to.length === 0 ? undefined : bytesToHex(to);
    this.value = cursor.uint();
    const data = cursor.bytes();
    this.data = data.length === 0 ? EMPTY_BYTES : data;
    this.#hasAccessList = type !== 0 && cursor.skipLength() > 0;
    this.chainId = type === 0 ? legacyParity(cursor.uint()).chainId : chainId;
  }

  get accessList(): readonly AccessListEntry[] {
    return this.#hasAccessList ? this.#decoded.accessList : NOTHING;
  }

  get authorizationList(): readonly Authorization[] {
    return NOTHING;
  }

  get maxFeePerBlobGas(): undefined {
    return undefined;
  }

  get blobVersionedHashes(): readonly Hash[] {
    return NOTHING;
  }

  get v(): bigint {
    return this.#decoded.v;
  }

  get yParity(): number {
    return this.#decoded.yParity;
  }

  get r(): bigint {
    return this.#decoded.r;
  }

  get s(): bigint {
    return this.#decoded.s;
  }

  get #decoded(): ReturnType<typeof decodeBody> {
    this.#body ??= decodeBody(this.raw);
    return this.#body;
  }
}

const NOTHING: readonly never[] = [];
const cursor = new RlpCursor();

/** Of a transaction that was decoded before: encoding, hash and sender are believed. Keeps views into `raw`. */
export function recoveredTransaction(raw: Uint8Array, hash: Hash, from: Address): Transaction {
  const type = raw[0] >= 0xc0 ? 0 : raw[0];
  if (type > 2) return { ...decodeBody(raw), hash, raw, from };
  return new PlainTransaction(raw, hash, from, type as TransactionType);
}
