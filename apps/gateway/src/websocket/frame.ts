import { randomBytes } from 'node:crypto';

/** RFC 6455, section 5.2. From 8 on they are control frames, which may stand between the parts of a message. */
export const Opcode = { Text: 1, Close: 8, Ping: 9, Pong: 10 } as const;
export const FIRST_CONTROL_OPCODE = 8;
export const MAX_CONTROL_PAYLOAD = 125;

/** Why no more of a stream of frames is read. */
export type FrameFault = 'malformed' | 'too long';

export interface FrameHeader {
  readonly isFinal: boolean;
  readonly opcode: number;
  /** Bytes of the header, the mask included. */
  readonly size: number;
  readonly payloadSize: number;
  /** Four bytes; undefined in frames from a server. */
  readonly mask: Buffer | undefined;
}

const SIZE_16 = 126;
const SIZE_64 = 127;
const MASK_BYTES = 4;

/** Undefined when the header is not there in full yet. */
export function readHeader(bytes: Buffer, at: number): FrameHeader | undefined {
  if (bytes.length < at + 2) return undefined;
  const short = bytes[at + 1] & 0x7f;
  const isMasked = (bytes[at + 1] & 0x80) !== 0;
  const sizeBytes = short === SIZE_64 ? 8 : short === SIZE_16 ? 2 : 0;
  const size = 2 + sizeBytes + (isMasked ? MASK_BYTES : 0);
  if (bytes.length < at + size) return undefined;
  return {
    isFinal: (bytes[at] & 0x80) !== 0,
    opcode: bytes[at] & 0x0f,
    size,
    payloadSize: readSize(bytes, at + 2, short),
    mask: isMasked ? bytes.subarray(at + size - MASK_BYTES, at + size) : undefined,
  };
}

function readSize(bytes: Buffer, at: number, short: number): number {
  if (short === SIZE_64) return Number(bytes.readBigUInt64BE(at));
  return short === SIZE_16 ? bytes.readUInt16BE(at) : short;
}

/** The payload as it was before it was masked; a copy. */
export function unmasked(payload: Buffer, mask: Buffer | undefined): Buffer {
  const plain = Buffer.from(payload);
  if (mask !== undefined) for (let i = 0; i < plain.length; i++) plain[i] ^= mask[i & 3];
  return plain;
}

/** One whole frame; clients mask theirs, servers don't. */
export function encodeFrame(opcode: number, payload: Buffer, from: 'client' | 'server'): Buffer {
  const { length } = payload;
  const mask = from === 'client' ? randomBytes(MASK_BYTES) : Buffer.alloc(0);
  const short = length < SIZE_16 ? length : length < 0x10000 ? SIZE_16 : SIZE_64;
  const size = Buffer.alloc(short === SIZE_64 ? 8 : short === SIZE_16 ? 2 : 0);
  if (short === SIZE_16) size.writeUInt16BE(length);
  if (short === SIZE_64) size.writeBigUInt64BE(BigInt(length));
  const head = Buffer.from([0x80 | opcode, (mask.length > 0 ? 0x80 : 0) | short]);
  return Buffer.concat([head, size, mask, mask.length > 0 ? unmasked(payload, mask) : payload]);
}

/** A server's close frame, RFC 6455, section 5.5.1. */
export function closeFrame(code: number, reason: string): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return encodeFrame(Opcode.Close, payload, 'server');
}
