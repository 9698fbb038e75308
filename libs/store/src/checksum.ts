import { crc32c } from '@node-rs/crc32';

const CHECKSUM_BYTES = 4;

/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), unsigned. `initial` continues an earlier one. */
export function checksum(bytes: Uint8Array, initial = 0): number {
  return crc32c(bytes, initial);
}

/** The value followed by the checksum of key and value, so that a record under a wrong key shows too. */
export function sealRecord(key: Uint8Array, value: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(value.length + CHECKSUM_BYTES);
  record.set(value);
  record.writeUInt32LE(checksum(value, checksum(key)), value.length);
  return record;
}

/** The value of a record, as a view into it; undefined when the checksum does not match. */
export function unsealRecord(key: Uint8Array, record: Buffer): Uint8Array | undefined {
  const length = record.length - CHECKSUM_BYTES;
  if (length < 0) return undefined;
  const value = new Uint8Array(record.buffer, record.byteOffset, length);
  return checksum(value, checksum(key)) === record.readUInt32LE(length) ? value : undefined;
}
