import { Transform, type TransformCallback } from 'node:stream';
import { GatewayError, GatewayErrorCode } from '../errors.js';

export function bodyTooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    GatewayErrorCode.BodyTooLarge,
    `request body too large: more than ${maxBytes} bytes`,
  );
}

/** Passes bytes through until there are too many of them; then fails with `BODY_TOO_LARGE`. */
export class BodyLimit extends Transform {
  #seen = 0;

  constructor(private readonly maxBytes: number) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#seen += chunk.length;
    if (this.#seen > this.maxBytes) done(bodyTooLarge(this.maxBytes));
    else done(null, chunk);
  }
}
