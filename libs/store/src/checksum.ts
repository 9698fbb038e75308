import { crc32c } from '@node-rs/crc32';

const CHECKSUM_BYTES = 4;
const EMPTY = new Uint8Array(0);

/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), unsigned. `initial` continues an earlier one. */
export function checksum(bytes: Uint8Array, initial = 0): number {
  return crc32c(bytes, initial);
}

/**
 * The value followed by the checksum of value and key, so that a record under a wrong key shows too.
 * (The key is copied in and overwritten again: one native call costs less than two.)
 */
export function sealRecord(key: Uint8Array, value: Uint8Array): Buffer {
  const { length } = value;
  const room = Buffer.allocUnsafe(length + Math.max(key.length, CHECKSUM_BYTES));
  room.set(value);
  room.set(key, length);
  const sum = checksum(room.subarray(0, length + key.length));
  room.writeUInt32LE(sum, length);
  return room.subarray(0, length + CHECKSUM_BYTES);
}

/** The value of a record, in memory of its own; undefined when the checksum does not match. */
export function unsealRecord(key: Uint8Array, record: Buffer): Uint8Array | undefined {
  const length = record.length - CHECKSUM_BYTES;
  if (length < 0) return undefined;
  const room = Buffer.allocUnsafe(length + key.length);
  room.set(length === 0 ? EMPTY : record.subarray(0, length));
  room.set(key, length);
  if (checksum(room) !== record.readUInt32LE(length)) return undefined;
  return new Uint8Array(room.buffer, room.byteOffset, length);
}
