/** Which pages of a file have been accounted for, one bit each. */
export class PageMap {
  readonly #bits: Uint8Array;
  #count = 0;

  constructor(readonly size: number) {
    this.#bits = new Uint8Array((size >> 3) + 1);
  }

  get count(): number {
    return this.#count;
  }

  /** False when the page is outside of the file, or was taken already. */
  take(page: number): boolean {
    if (!Number.isSafeInteger(page) || page < 0 || page >= this.size) return false;
    const at = page >> 3;
    const bit = 1 << (page & 7);
    if ((this.#bits[at] & bit) !== 0) return false;
    this.#bits[at] |= bit;
    this.#count++;
    return true;
  }
}
