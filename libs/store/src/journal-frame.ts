import { checksum } from './checksum.js';

/**
 * One record of a journal segment: payload length (u32), checksum of all that follows it and of the length (u32), the
 * length of the segment that was durable when the record was written (u64), payload. Big-endian.
 */
export const FRAME_HEADER_BYTES = 16;

const CHECKSUM_AT = 4;
const DURABLE_AT = 8;

export interface Frame {
  readonly payload: Uint8Array;
  readonly durableLength: number;
  /** The offset after it. */
  readonly end: number;
}

export function frameLength(payload: Uint8Array): number {
  return FRAME_HEADER_BYTES + payload.length;
}

function frameChecksum(segment: Buffer, at: number, end: number): number {
  const length = checksum(segment.subarray(at, at + CHECKSUM_AT));
  return checksum(segment.subarray(at + DURABLE_AT, end), length);
}

/** Returns the offset after the frame. */
export function writeFrame(
  target: Buffer,
  at: number,
  payload: Uint8Array,
  durableLength: number,
): number {
  const end = at + frameLength(payload);
  target.writeUInt32BE(payload.length, at);
  target.writeBigUInt64BE(BigInt(durableLength), at + DURABLE_AT);
  target.set(payload, at + FRAME_HEADER_BYTES);
  target.writeUInt32BE(frameChecksum(target, at, end), at + CHECKSUM_AT);
  return end;
}

/** Undefined when there is no whole and sound frame at the offset. */
export function readFrame(segment: Buffer, at: number): Frame | undefined {
  if (at + FRAME_HEADER_BYTES > segment.length) return undefined;
  const end = at + FRAME_HEADER_BYTES + segment.readUInt32BE(at);
  const durableLength = Number(segment.readBigUInt64BE(at + DURABLE_AT));
  if (end > segment.length || durableLength > at) return undefined;
  if (frameChecksum(segment, at, end) !== segment.readUInt32BE(at + CHECKSUM_AT)) return undefined;
  const payload = new Uint8Array(segment.subarray(at + FRAME_HEADER_BYTES, end));
  return { payload, durableLength, end };
}
