import { concatBytes, EMPTY_BYTES } from './bytes.js';
import { CommonError, CommonErrorCode } from './errors.js';

/** Recursive Length Prefix (Yellow Paper, appendix B): a byte string or a list of items. */
export type RlpItem = Uint8Array | readonly RlpItem[];

/** Bytes that go before a payload of that length. */
export function rlpHeaderLength(length: number): number {
  if (length < 56) return 1;
  let bytes = 2;
  for (let rest = length; rest > 255; rest = Math.floor(rest / 256)) bytes++;
  return bytes;
}

/** @param offset 0x80 for a string, 0xc0 for a list. @returns where the payload goes */
export function writeRlpHeader(
  target: Uint8Array,
  at: number,
  offset: number,
  length: number,
): number {
  if (length < 56) {
    target[at] = offset + length;
    return at + 1;
  }
  const end = at + rlpHeaderLength(length);
  target[at] = offset + 55 + (end - at - 1);
  for (let i = end - 1, rest = length; i > at; i--, rest = Math.floor(rest / 256)) {
    target[i] = rest % 256;
  }
  return end;
}

/** A payload with its header. */
function withHeader(offset: number, payload: Uint8Array): Uint8Array {
  const headerLength = rlpHeaderLength(payload.length);
  const out = new Uint8Array(headerLength + payload.length);
  writeRlpHeader(out, 0, offset, payload.length);
  out.set(payload, headerLength);
  return out;
}

export function encodeRlp(item: RlpItem): Uint8Array {
  if (item instanceof Uint8Array) {
    if (item.length === 1 && item[0] < 0x80) return item;
    return withHeader(0x80, item);
  }
  return withHeader(0xc0, concatBytes(...item.map(encodeRlp)));
}

interface Span {
  readonly isList: boolean;
  readonly start: number;
  readonly end: number;
}

const MAX_DEPTH = 1024;

function invalid(why: string): CommonError {
  return new CommonError(CommonErrorCode.InvalidRlp, `invalid RLP: ${why}`);
}

function readLength(data: Uint8Array, at: number, size: number, limit: number): number {
  if (at + size > limit) throw invalid('length runs past the end');
  if (data[at] === 0) throw invalid('length has a leading zero');
  let length = 0;
  for (let i = 0; i < size; i++) length = length * 256 + data[at + i];
  if (!Number.isSafeInteger(length)) throw invalid('length is too large');
  if (length < 56) throw invalid('long form used for a short length');
  return length;
}

function readSpan(data: Uint8Array, at: number, limit: number): Span {
  if (at >= limit) throw invalid('input ends early');
  const prefix = data[at];
  if (prefix < 0x80) return { isList: false, start: at, end: at + 1 };
  const isList = prefix >= 0xc0;
  const short = prefix - (isList ? 0xc0 : 0x80);
  let start = at + 1;
  let length = short;
  if (short > 55) {
    length = readLength(data, start, short - 55, limit);
    start += short - 55;
  }
  const end = start + length;
  if (end > limit) throw invalid('item runs past the end');
  if (!isList && length === 1 && data[start] < 0x80)
    throw invalid('single byte not encoded as itself');
  return { isList, start, end };
}

function decodeSpan(data: Uint8Array, span: Span, depth: number): RlpItem {
  if (!span.isList) return data.subarray(span.start, span.end);
  if (depth > MAX_DEPTH) throw invalid('nested too deep');
  const items: RlpItem[] = [];
  for (let at = span.start; at < span.end; ) {
    const child = readSpan(data, at, span.end);
    items.push(decodeSpan(data, child, depth + 1));
    at = child.end;
  }
  return items;
}

/**
 * Strict: only the canonical encoding of one item is accepted, without trailing bytes.
 * Byte strings are views into `data`.
 * @throws CommonError `INVALID_RLP`
 */
export function decodeRlp(data: Uint8Array): RlpItem {
  const span = readSpan(data, 0, data.length);
  if (span.end !== data.length) throw invalid('trailing bytes');
  return decodeSpan(data, span, 0);
}

/** @throws CommonError `INVALID_RLP` unless the data is a list. */
export function decodeRlpList(data: Uint8Array): readonly RlpItem[] {
  const item = decodeRlp(data);
  if (item instanceof Uint8Array) throw invalid('expected a list');
  return item;
}

export const RLP_EMPTY_STRING = encodeRlp(EMPTY_BYTES);
export const RLP_EMPTY_LIST = encodeRlp([]);
