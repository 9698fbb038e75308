import {
  FIRST_CONTROL_OPCODE,
  type FrameFault,
  MAX_CONTROL_PAYLOAD,
  readHeader,
  unmasked,
} from './frame.js';

/** Told of each control frame; true takes it out of the stream. */
export type OnControl = (opcode: number, payload: Buffer) => boolean;

const NOTHING: Buffer = Buffer.alloc(0);

/** Follows one direction of a WebSocket by its frames' headers; payloads of messages are skipped, not looked at. */
export class FrameStream {
  /** A beginning of a frame that says too little yet; it was not passed on. */
  #carry = NOTHING;
  #payloadLeft = 0;
  #isInMessage = false;
  #messageBytes = 0;
  #messages = 0;

  /** True where something else may be written in between. */
  get isBetweenMessages(): boolean {
    return this.#payloadLeft === 0 && !this.#isInMessage;
  }

  /** Messages begun since this was asked last. */
  takeMessages(): number {
    const messages = this.#messages;
    this.#messages = 0;
    return messages;
  }

  /** What was held back; it is forgotten here. */
  takeCarry(): Buffer {
    const carry = this.#carry;
    this.#carry = NOTHING;
    return carry;
  }

  /** The bytes that are to be passed on, in pieces. @param maxBytes of one message's payload */
  push(
    chunk: Buffer,
    onControl: OnControl,
    maxBytes = Number.POSITIVE_INFINITY,
  ): Buffer[] | FrameFault {
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    this.#carry = NOTHING;
    const pieces: Buffer[] = [];
    let passedTo = 0;
    let at = this.#skip(bytes, 0);
    while (at < bytes.length) {
      const header = readHeader(bytes, at);
      if (header === undefined) break;
      if (header.opcode < FIRST_CONTROL_OPCODE) {
        if (!this.#isInMessage) {
          this.#messages++;
          this.#messageBytes = 0;
        }
        this.#messageBytes += header.payloadSize;
        if (this.#messageBytes > maxBytes) return 'too long';
        this.#isInMessage = !header.isFinal;
        this.#payloadLeft = header.payloadSize;
        at = this.#skip(bytes, at + header.size);
        continue;
      }
      if (header.payloadSize > MAX_CONTROL_PAYLOAD) return 'malformed';
      const end = at + header.size + header.payloadSize;
      if (end > bytes.length) break;
      const payload = unmasked(bytes.subarray(at + header.size, end), header.mask);
      if (onControl(header.opcode, payload)) {
        if (at > passedTo) pieces.push(bytes.subarray(passedTo, at));
        passedTo = end;
      }
      at = end;
    }
    if (at > passedTo) pieces.push(bytes.subarray(passedTo, at));
    if (at < bytes.length) this.#carry = bytes.subarray(at);
    return pieces;
  }

  #skip(bytes: Buffer, at: number): number {
    const skipped = Math.min(this.#payloadLeft, bytes.length - at);
    this.#payloadLeft -= skipped;
    return at + skipped;
  }
}
