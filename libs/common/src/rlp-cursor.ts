import { bytesToBigInt } from './bytes.js';

/**
 * Walks over the items of an encoding that was checked before, without making a tree of them: for hot paths. On
 * anything that `decodeRlp` would refuse the results mean nothing.
 */
export class RlpCursor {
  #data: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Of the item that was entered or read last. */
  #start = 0;
  #end = 0;

  reset(data: Uint8Array, at: number): void {
    this.#data = data;
    this.#at = at;
  }

  /** Where the next item begins. */
  get at(): number {
    return this.#at;
  }

  /** Goes on with the list's first item; the length of all its items in bytes. */
  enterList(): number {
    this.#locate();
    this.#at = this.#start;
    return this.#end - this.#start;
  }

  /** Leaves out whatever lies before an item. */
  seek(at: number): void {
    this.#at = at;
  }

  skip(): void {
    this.#locate();
    this.#at = this.#end;
  }

  /** Skips the item; its payload's length in bytes. */
  skipLength(): number {
    this.skip();
    return this.#end - this.#start;
  }

  /** A view. */
  bytes(): Uint8Array {
    this.skip();
    return this.#data.subarray(this.#start, this.#end);
  }

  /** Skips the item; whether it was one of these. */
  isOneOf(candidates: readonly Uint8Array[]): boolean {
    this.skip();
    for (const candidate of candidates) {
      if (candidate.length === this.#end - this.#start && this.#holds(candidate)) return true;
    }
    return false;
  }

  uint(): bigint {
    const length = this.skipLength();
    if (length > 6) return bytesToBigInt(this.#data.subarray(this.#start, this.#end));
    let value = 0;
    for (let i = this.#start; i < this.#end; i++) value = value * 256 + this.#data[i];
    return BigInt(value);
  }

  #holds(candidate: Uint8Array): boolean {
    // From the end: addresses and numbers that were padded to 32 bytes begin alike.
    for (let i = candidate.length - 1; i >= 0; i--) {
      if (this.#data[this.#start + i] !== candidate[i]) return false;
    }
    return true;
  }

  #locate(): void {
    const prefix = this.#data[this.#at];
    if (prefix < 0x80) {
      this.#start = this.#at;
      this.#end = this.#at + 1;
      return;
    }
    const short = prefix - (prefix >= 0xc0 ? 0xc0 : 0x80);
    this.#start = this.#at + 1;
    let length = short;
    if (short > 55) {
      length = 0;
      for (const last = this.#start + short - 55; this.#start < last; this.#start++) {
        length = length * 256 + this.#data[this.#start];
      }
    }
    this.#end = this.#start + length;
  }
}
