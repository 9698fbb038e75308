import { checksum } from './checksum.js';
import { StoreError, StoreErrorCode } from './errors.js';
import { FRAME_HEADER_BYTES, frameLength, readFrame, writeFrame } from './journal-frame.js';

/** A segment starts with the magic, the length that it was born with (u64) and the checksum of both (u32). */
const MAGIC = Buffer.from('FLTJRNL1');
const BORN_LENGTH_AT = MAGIC.length;
const CHECKSUM_AT = BORN_LENGTH_AT + 8;
const HEADER_BYTES = CHECKSUM_AT + 4;

/** A whole new segment with these records. It is to be made durable before it gets its name. */
export function encodeSegment(payloads: readonly Uint8Array[]): Buffer {
  let length = HEADER_BYTES;
  for (const payload of payloads) length += frameLength(payload);
  const segment = Buffer.alloc(length);
  MAGIC.copy(segment);
  segment.writeBigUInt64BE(BigInt(length), BORN_LENGTH_AT);
  segment.writeUInt32BE(checksum(segment.subarray(0, CHECKSUM_AT)), CHECKSUM_AT);
  let at = HEADER_BYTES;
  for (const payload of payloads) at = writeFrame(segment, at, payload, HEADER_BYTES);
  return segment;
}

export interface ScannedSegment {
  readonly payloads: readonly Uint8Array[];
  /** Up to where it is sound. */
  readonly length: number;
  /** Bytes after that: of a write that the process did not live to see durable. */
  readonly tornBytes: number;
}

/**
 * Reads a segment. A bad end is a torn write and is left out: nobody was told that it was durable. Damage before a
 * place that is known to have been durable is no torn write, and is an error: the header tells how long the segment
 * was born, and each frame how far the segment was durable when it was written.
 * @throws StoreError `CORRUPT_RECORD`
 */
export function scanSegment(path: string, segment: Buffer): ScannedSegment {
  const bornLength = readBornLength(path, segment);
  const payloads: Uint8Array[] = [];
  let at = HEADER_BYTES;
  for (;;) {
    const frame = readFrame(segment, at);
    if (frame === undefined) break;
    payloads.push(frame.payload);
    at = frame.end;
  }
  if (Math.max(bornLength, durableLengthAfter(segment, at + 1)) > at) {
    throw corrupt(path, at, `what lies at byte ${at} was durable once`);
  }
  return { payloads, length: at, tornBytes: segment.length - at };
}

function readBornLength(path: string, segment: Buffer): number {
  const isSound =
    segment.length >= HEADER_BYTES &&
    segment.subarray(0, MAGIC.length).equals(MAGIC) &&
    segment.readUInt32BE(CHECKSUM_AT) === checksum(segment.subarray(0, CHECKSUM_AT));
  if (!isSound) throw corrupt(path, 0, 'its header is not that of a journal');
  return Number(segment.readBigUInt64BE(BORN_LENGTH_AT));
}

/** The most that any sound frame from the offset on vouches for. */
function durableLengthAfter(segment: Buffer, from: number): number {
  let length = 0;
  for (let at = from; at + FRAME_HEADER_BYTES <= segment.length; ) {
    const frame = readFrame(segment, at);
    if (frame !== undefined) length = Math.max(length, frame.durableLength);
    at = frame?.end ?? at + 1;
  }
  return length;
}

function corrupt(path: string, offset: number, why: string): StoreError {
  return new StoreError(StoreErrorCode.CorruptRecord, `the journal ${path} is damaged: ${why}`, {
    data: { path, offset },
  });
}
