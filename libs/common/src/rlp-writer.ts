import { bigIntToMinimalBytes, writeHex } from './bytes.js';
import { rlpHeaderLength, writeRlpHeader } from './rlp.js';

const FIRST_BYTES = 1024;

/** Builds encodings one behind the other in memory that is used again: for hot paths. */
export class RlpWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A view of what was written, until the next write. */
  view(from = 0, to: number = this.#length): Uint8Array {
    return this.#bytes.subarray(from, to);
  }

  /** Back to a length that it had. */
  truncate(length: number): void {
    this.#length = length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Bytes as they are: an encoding made elsewhere, or no RLP at all. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A 0x-prefixed text's bytes, without a header. */
  rawHex(hex: string): void {
    const length = (hex.length - 2) / 2;
    this.#reserve(length);
    writeHex(hex, 2, this.#bytes, this.#length);
    this.#length += length;
  }

  /** A string of zeros; returns where they begin, so that they can be changed. */
  zeros(length: number): number {
    this.#header(0x80, length);
    this.#bytes.fill(0, this.#length, this.#length + length);
    this.#length += length;
    return this.#length - length;
  }

  string(bytes: Uint8Array): void {
    if (bytes.length === 1 && bytes[0] < 0x80) {
      this.byte(bytes[0]);
      return;
    }
    this.#header(0x80, bytes.length);
    this.raw(bytes);
  }

  /** A 0x-prefixed text's bytes, two at least. */
  hexString(hex: string): void {
    this.#header(0x80, (hex.length - 2) / 2);
    this.rawHex(hex);
  }

  uint(value: bigint): void {
    if (value < 0x80n) this.byte(value === 0n ? 0x80 : Number(value));
    else if (value <= 0xffff_ffffn) this.#uint32(Number(value));
    else this.string(bigIntToMinimalBytes(value));
  }

  /** Returns what `endList` wants to know. */
  beginList(): number {
    this.#reserve(1);
    return this.#length++;
  }

  endList(begin: number): void {
    const length = this.#length - begin - 1;
    const more = rlpHeaderLength(length) - 1;
    if (more > 0) {
      this.#reserve(more);
      this.#bytes.copyWithin(begin + 1 + more, begin + 1, this.#length);
      this.#length += more;
    }
    writeRlpHeader(this.#bytes, begin, 0xc0, length);
  }

  #uint32(value: number): void {
    this.#reserve(5);
    const bytes = value > 0xff_ffff ? 4 : value > 0xffff ? 3 : value > 0xff ? 2 : 1;
    this.#bytes[this.#length++] = 0x80 + bytes;
    for (let shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      this.#bytes[this.#length++] = value >>> shift;
    }
  }

  #header(offset: number, length: number): void {
    this.#reserve(rlpHeaderLength(length) + length);
    this.#length = writeRlpHeader(this.#bytes, this.#length, offset, length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
