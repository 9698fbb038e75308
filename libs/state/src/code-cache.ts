import type { Hash } from '@flotilla/common';

/** The codes used last, up to a number of bytes. */
export class CodeCache {
  readonly #codes = new Map<Hash, Uint8Array>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(hash: Hash): Uint8Array | undefined {
    const code = this.#codes.get(hash);
    if (code === undefined) return undefined;
    this.#codes.delete(hash);
    this.#codes.set(hash, code);
    return code;
  }

  set(hash: Hash, code: Uint8Array): void {
    if (this.#codes.has(hash) || code.length > this.#maxBytes) return;
    this.#codes.set(hash, code);
    this.#bytes += code.length;
    for (const [oldest, bytes] of this.#codes) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#codes.delete(oldest);
      this.#bytes -= bytes.length;
    }
  }
}
