import { bigIntToMinimalBytes, hexToBytes, keccak256, writeRlpHeader } from '@flotilla/common';
import { recoverSigner } from '@flotilla/evm';
import { checkSize, MAX_TRANSACTION_BYTES } from '../txpool/validation.js';
import { decodeTransaction } from './decode.js';
import { FieldSpans } from './field-spans.js';
import { HALF_ORDER_BYTES, withSender } from './sender.js';
import type { BatchItem } from './transaction-batch.js';
import type { Transaction } from './types.js';
import { unsupportedType } from './unsupported-type.js';

/**
 * From the bytes that somebody sent to a transaction with its sender: all that can be checked without the chain.
 * Needs nothing else, so it runs in any thread.
 * @throws ChainError with geth's wording
 */
export function receiveTransaction(raw: Uint8Array, chainId: bigint): Transaction {
  // Before anything else: with its blobs it is too large, and comes in another form than the one that is decoded here.
  if (raw[0] === 3) throw unsupportedType(3);
  checkSize(raw.length);
  return withSender(decodeTransaction(raw), chainId);
}

const ACCESS_LIST = 8;
const SIGNATURE = 9;
const FIELDS = 12;
/** Bytes at most of the chain id, nonce, both fees, gas limit, then of value (after the recipient). */
const INTEGERS: readonly (readonly [field: number, maxBytes: number])[] = [
  [0, 32],
  [1, 8],
  [2, 32],
  [3, 32],
  [4, 8],
  [6, 32],
];
const HEADER_ROOM = 8;

/**
 * As `receiveTransaction`, as far as a batch needs it. The common kind, EIP-1559 without an access list, is checked
 * and recovered in place, with nothing decoded; the rest takes the long way, and so does everything that is wrong,
 * for the words to say so.
 */
export class TransactionReceiver {
  readonly #chainId: bigint;
  readonly #chainIdBytes: Uint8Array;
  readonly #spans = new FieldSpans();
  readonly #signed = new Uint8Array(MAX_TRANSACTION_BYTES + HEADER_ROOM);
  readonly #signature = new Uint8Array(64);

  constructor(chainId: bigint) {
    this.#chainId = chainId;
    this.#chainIdBytes = bigIntToMinimalBytes(chainId);
  }

  /** @throws ChainError with geth's wording */
  receive(raw: Uint8Array): BatchItem {
    const sender = this.#recoverInPlace(raw);
    if (sender !== undefined) return { raw, hash: keccak256(raw), sender };
    const { hash, from } = receiveTransaction(raw, this.#chainId);
    return { raw, hash: hexToBytes(hash), sender: hexToBytes(from) };
  }

  #recoverInPlace(raw: Uint8Array): Uint8Array | undefined {
    if (raw[0] !== 2 || raw.length > MAX_TRANSACTION_BYTES) return undefined;
    const spans = this.#spans;
    if (!spans.scan(raw, 1, FIELDS, ACCESS_LIST) || !this.#hasValidFields(raw)) return undefined;
    const end = spans.headers[SIGNATURE];
    const signed = this.#signed;
    signed[0] = 2;
    const at = writeRlpHeader(signed, 1, 0xc0, end - spans.payload);
    signed.set(raw.subarray(spans.payload, end), at);
    const digest = keccak256(signed.subarray(0, at + end - spans.payload));
    try {
      return recoverSigner(digest, this.#signature, spans.length(SIGNATURE));
    } catch {
      return undefined;
    }
  }

  /** Also lays the signature out for recovery. */
  #hasValidFields(raw: Uint8Array): boolean {
    const spans = this.#spans;
    for (const [field, maxBytes] of INTEGERS) {
      if (!spans.isUint(raw, field, maxBytes)) return false;
    }
    if (raw[spans.headers[ACCESS_LIST]] !== 0xc0) return false;
    const recipient = spans.length(5);
    if (recipient !== 0 && recipient !== 20) return false;
    if (spans.length(0) !== this.#chainIdBytes.length) return false;
    for (let i = 0; i < this.#chainIdBytes.length; i++) {
      if (raw[spans.starts[0] + i] !== this.#chainIdBytes[i]) return false;
    }
    const parity = spans.length(SIGNATURE);
    if (parity > 1 || (parity === 1 && raw[spans.starts[SIGNATURE]] !== 1)) return false;
    return (
      this.#takeScalar(raw, SIGNATURE + 1, 0) &&
      this.#takeScalar(raw, SIGNATURE + 2, 32) &&
      this.#isLow()
    );
  }

  #takeScalar(raw: Uint8Array, field: number, at: number): boolean {
    const spans = this.#spans;
    const length = spans.length(field);
    if (length === 0 || !spans.isUint(raw, field, 32)) return false;
    this.#signature.fill(0, at, at + 32 - length);
    this.#signature.set(raw.subarray(spans.starts[field], spans.ends[field]), at + 32 - length);
    return true;
  }

  /** EIP-2. */
  #isLow(): boolean {
    for (let i = 0; i < 32; i++) {
      const difference = this.#signature[32 + i] - HALF_ORDER_BYTES[i];
      if (difference !== 0) return difference < 0;
    }
    return true;
  }
}
