import type { BlockId, BlockTag } from '@flotilla/chain';
import { type Address, type Hash, hexToBytes } from '@flotilla/common';
import { Malformed, malformed, type Parser } from './parser.js';

const QUANTITY = /^0x(?:0|[1-9a-fA-F][0-9a-fA-F]*)$/;
const DIGITS = /^0x[0-9a-fA-F]*$/;

function hexText(value: unknown): string {
  if (typeof value !== 'string') throw malformed('expected a hex string');
  if (value === '') throw malformed('empty hex string');
  if (!/^0x/i.test(value)) throw malformed('hex string without 0x prefix');
  const text = value.startsWith('0X') ? `0x${value.slice(2)}` : value;
  if (!DIGITS.test(text)) throw malformed('invalid hex string');
  return text;
}

function sizedHex(value: unknown, byteLength: number, what: string): `0x${string}` {
  const text = hexText(value);
  if (text.length !== 2 + 2 * byteLength) {
    throw malformed(`hex string has length ${text.length - 2}, want ${2 * byteLength} for ${what}`);
  }
  return text.toLowerCase() as `0x${string}`;
}

export const address: Parser<Address> = (value) => sizedHex(value, 20, 'address');
export const hash: Parser<Hash> = (value) => sizedHex(value, 32, 'hash');

/** A hex number without leading zeros, up to 256 bits. */
export const quantity: Parser<bigint> = (value) => {
  const text = hexText(value);
  if (text === '0x') throw malformed('hex string "0x"');
  if (!QUANTITY.test(text)) throw malformed('hex number with leading zero digits');
  if (text.length > 66) throw malformed('hex number > 256 bits');
  return BigInt(text);
};

/** A quantity that fits a JavaScript number; block numbers, indexes and counts do. */
export const index: Parser<number> = (value) => {
  const number = Number(quantity(value));
  if (!Number.isSafeInteger(number)) throw malformed('hex number > 53 bits');
  return number;
};

/** `eth_feeHistory` and methods of our own also take plain numbers and decimal text. */
export const count: Parser<number> = (value) => {
  const number =
    typeof value === 'number' || (typeof value === 'string' && /^[0-9]+$/.test(value))
      ? Number(value)
      : index(value);
  if (!Number.isSafeInteger(number) || number < 0) throw malformed('invalid count');
  return number;
};

export const data: Parser<Uint8Array> = (value) => {
  const text = hexText(value);
  if (text.length % 2 !== 0) throw malformed('hex string of odd length');
  return hexToBytes(text);
};

/** A storage key as geth takes it: any number of digits up to 32 bytes, the prefix optional. */
export interface SlotKey {
  readonly slot: bigint;
  /** True when it came as a full 32 bytes: answers then name it the same way. */
  readonly padded: boolean;
}

export const slotKey: Parser<SlotKey> = (value) => {
  if (typeof value !== 'string') throw malformed('expected a hex string');
  const text = hexText(/^0x/i.test(value) ? value : `0x${value}`);
  if (text.length > 66) throw malformed('storage key too long (want at most 32 bytes)');
  return { slot: text === '0x' ? 0n : BigInt(text), padded: text.length > 64 };
};

export const flag: Parser<boolean> = (value) => {
  if (typeof value !== 'boolean') throw malformed('expected a boolean');
  return value;
};

export const text: Parser<string> = (value) => {
  if (typeof value !== 'string') throw malformed('expected a string');
  return value;
};

export function list<T>(parse: Parser<T>, maxLength: number): Parser<T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw malformed('expected an array');
    if (value.length > maxLength) throw malformed(`too many entries (max ${maxLength})`);
    return value.map(parse);
  };
}

/** An object's own fields; a null-prototype copy, so that no name reaches `Object.prototype`. */
export const fields: Parser<Record<string, unknown>> = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('expected an object');
  }
  return Object.assign(Object.create(null) as Record<string, unknown>, value);
};

/** Reads one field of an object; the message then names it. */
export function field<T>(
  object: Readonly<Record<string, unknown>>,
  name: string,
  parse: Parser<T>,
): T | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  try {
    return parse(value);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw malformed(`${name}: ${error.message}`);
  }
}

const TAGS: ReadonlySet<string> = new Set<BlockTag>([
  'latest',
  'safe',
  'finalized',
  'pending',
  'earliest',
]);

/** A tag or a number. */
export const blockNumber: Parser<BlockTag | number> = (value) => {
  if (typeof value === 'string' && TAGS.has(value)) return value as BlockTag;
  if (typeof value === 'string' && !/^0x/i.test(value) && value !== '') {
    throw malformed('hex string without 0x prefix or unknown block tag');
  }
  return index(value);
};

/** A tag, a number, a 32-byte hash, or EIP-1898's `{blockNumber}` / `{blockHash, requireCanonical}`. */
export const blockId: Parser<BlockId> = (value) => {
  if (typeof value === 'string' && value.length === 66) return { hash: hash(value) };
  if (typeof value !== 'object') return blockNumber(value);
  const object = fields(value);
  const byHash = field(object, 'blockHash', hash);
  const byNumber = field(object, 'blockNumber', blockNumber);
  if (byHash !== undefined && byNumber !== undefined) {
    throw malformed('cannot specify both BlockHash and BlockNumber, choose one or the other');
  }
  if (byHash !== undefined) return { hash: byHash };
  if (byNumber !== undefined) return byNumber;
  throw malformed('expected blockNumber or blockHash');
};
