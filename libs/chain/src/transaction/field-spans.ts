/** The most fields that any type of transaction has. */
const MAX_FIELDS = 14;

/**
 * Where the fields of a transaction lie, found without making anything of them: for the path that every transaction
 * takes on its way in. Used again for each.
 */
export class FieldSpans {
  /** Where a field's own encoding begins. */
  readonly headers = new Int32Array(MAX_FIELDS);
  readonly starts = new Int32Array(MAX_FIELDS);
  readonly ends = new Int32Array(MAX_FIELDS);
  /** Where the list's payload begins. */
  payload = 0;

  /**
   * Whether the bytes from `at` on are the canonical encoding of a list of so many fields: strings all, but for the
   * one that must be an empty list.
   */
  scan(raw: Uint8Array, at: number, fields: number, emptyList: number): boolean {
    if (raw[at] < 0xc0) return false;
    this.payload = payloadStart(raw, at, 0xc0);
    if (this.payload < 0) return false;
    if (this.payload + payloadLength(raw, at, 0xc0) !== raw.length) return false;
    let next = this.payload;
    for (let i = 0; i < fields; i++) {
      if (next >= raw.length) return false;
      const prefix = raw[next];
      this.headers[i] = next;
      if (prefix < 0x80) {
        this.starts[i] = next;
        next += 1;
      } else if (prefix < 0xc0) {
        const start = payloadStart(raw, next, 0x80);
        if (start < 0) return false;
        const length = payloadLength(raw, next, 0x80);
        if (length === 1 && raw[start] < 0x80) return false;
        this.starts[i] = start;
        next = start + length;
      } else {
        if (i !== emptyList || prefix !== 0xc0) return false;
        this.starts[i] = ++next;
      }
      this.ends[i] = next;
    }
    return next === raw.length;
  }

  length(field: number): number {
    return this.ends[field] - this.starts[field];
  }

  /** Whether the field is an unsigned integer in its one encoding, of at most so many bytes. */
  isUint(raw: Uint8Array, field: number, maxBytes: number): boolean {
    const length = this.length(field);
    return length <= maxBytes && (length === 0 || raw[this.starts[field]] !== 0);
  }
}

/** Negative when the header is not canonical; lengths from 2^24 on are none of ours. */
function payloadStart(raw: Uint8Array, at: number, offset: number): number {
  const short = raw[at] - offset;
  if (short < 56) return at + 1;
  const size = short - 55;
  if (size > 3 || raw[at + 1] === 0) return -1;
  return payloadLength(raw, at, offset) < 56 ? -1 : at + 1 + size;
}

function payloadLength(raw: Uint8Array, at: number, offset: number): number {
  const short = raw[at] - offset;
  if (short < 56) return short;
  let length = 0;
  for (let i = 1; i <= short - 55; i++) length = length * 256 + raw[at + i];
  return length;
}
