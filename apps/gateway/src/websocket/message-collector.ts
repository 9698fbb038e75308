import {
  FIRST_CONTROL_OPCODE,
  type FrameFault,
  MAX_CONTROL_PAYLOAD,
  readHeader,
  unmasked,
} from './frame.js';

/** A whole frame or message of a client. */
export type Collected =
  | { readonly kind: 'control'; readonly opcode: number; readonly payload: Buffer }
  /** `raw` are its frames as they came. */
  | { readonly kind: 'message'; readonly text: string; readonly raw: Buffer };

/** Reads what a client sends while nobody is there to pass it on to. */
export class MessageCollector {
  #bytes: Buffer = Buffer.alloc(0);

  /** Bytes that have not been read yet. */
  get size(): number {
    return this.#bytes.length;
  }

  add(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  /** All bytes that have not been read; they are forgotten here. */
  take(): Buffer {
    const rest = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    return rest;
  }

  /** Undefined when nothing whole is there. @param maxBytes of one message's payload */
  next(maxBytes = Number.POSITIVE_INFINITY): Collected | FrameFault | undefined {
    const parts: Buffer[] = [];
    let payloadBytes = 0;
    for (let at = 0; ; ) {
      const header = readHeader(this.#bytes, at);
      if (header === undefined) return undefined;
      const isControl = header.opcode >= FIRST_CONTROL_OPCODE;
      if (isControl && header.payloadSize > MAX_CONTROL_PAYLOAD) return 'malformed';
      if (!isControl) payloadBytes += header.payloadSize;
      if (payloadBytes > maxBytes) return 'too long';
      const end = at + header.size + header.payloadSize;
      if (end > this.#bytes.length) return undefined;
      const payload = unmasked(this.#bytes.subarray(at + header.size, end), header.mask);
      if (isControl) {
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
