import { FIRST_CONTROL_OPCODE, readHeader, unmasked } from './frame.js';

/** A whole frame or message of a client. */
export type Collected =
  | { readonly kind: 'control'; readonly opcode: number; readonly payload: Buffer }
  /** `raw` are its frames as they came. */
  | { readonly kind: 'message'; readonly text: string; readonly raw: Buffer };

/** Reads what a client sends while nobody is there to pass it on to. */
export class MessageCollector {
  #bytes: Buffer = Buffer.alloc(0);

  /** Bytes of a message that is not here in full yet. */
  get size(): number {
    return this.#bytes.length;
  }

  push(chunk: Buffer): Collected[] {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const collected: Collected[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) collected.push(next);
    return collected;
  }

  /** The incomplete rest; it is forgotten here. */
  take(): Buffer {
    const rest = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    return rest;
  }

  #next(): Collected | undefined {
    const parts: Buffer[] = [];
    for (let at = 0; ; ) {
      const header = readHeader(this.#bytes, at);
      if (header === undefined) return undefined;
      const end = at + header.size + header.payloadSize;
      if (end > this.#bytes.length) return undefined;
      const payload = unmasked(this.#bytes.subarray(at + header.size, end), header.mask);
      if (header.opcode >= FIRST_CONTROL_OPCODE) {
        this.#bytes = Buffer.concat([this.#bytes.subarray(0, at), this.#bytes.subarray(end)]);
        return { kind: 'control', opcode: header.opcode, payload };
      }
      parts.push(payload);
      at = end;
      if (header.isFinal) {
        const raw = this.#bytes.subarray(0, at);
        this.#bytes = this.#bytes.subarray(at);
        return { kind: 'message', text: Buffer.concat(parts).toString('utf8'), raw };
      }
    }
  }
}
