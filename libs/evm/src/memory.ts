import { EMPTY_BYTES } from '@flotilla/common';

const INITIAL_BYTES = 4096;
/** A buffer larger than this is not kept for the next frame. */
const POOLED_BYTES = 256 * 1024;

/** A frame's byte-addressed memory. `size` is what the program has paid for, a multiple of 32; the buffer is larger. */
export class Memory {
  bytes = new Uint8Array(INITIAL_BYTES);
  view = new DataView(this.bytes.buffer);
  size = 0;

  /** @param size a multiple of 32; the caller has charged for it */
  grow(size: number): void {
    if (size > this.bytes.length) {
      let capacity = this.bytes.length * 2;
      while (capacity < size) capacity *= 2;
      this.replace(capacity, this.bytes.subarray(0, this.size));
    }
    this.size = size;
  }

  /** Everything zero again, for the next frame at this depth. */
  reset(): void {
    if (this.bytes.length > POOLED_BYTES) this.replace(INITIAL_BYTES, EMPTY_BYTES);
    else if (this.size > 0) this.bytes.fill(0, 0, this.size);
    this.size = 0;
  }

  /** A copy; the range has been paid for. */
  slice(offset: number, length: number): Uint8Array {
    return length === 0 ? EMPTY_BYTES : this.bytes.slice(offset, offset + length);
  }

  /** The range without copying; valid until the next growth or write. */
  peek(offset: number, length: number): Uint8Array {
    return length === 0 ? EMPTY_BYTES : this.bytes.subarray(offset, offset + length);
  }

  /** Copies `length` bytes of the source from `from`; what lies past its end is written as zeros. */
  copyIn(offset: number, source: Uint8Array, from: number, length: number): void {
    if (length === 0) return;
    const available = Math.max(0, Math.min(length, source.length - from));
    if (available > 0) this.bytes.set(source.subarray(from, from + available), offset);
    if (available < length) this.bytes.fill(0, offset + available, offset + length);
  }

  private replace(capacity: number, content: Uint8Array): void {
    this.bytes = new Uint8Array(capacity);
    this.bytes.set(content);
    this.view = new DataView(this.bytes.buffer);
  }
}
