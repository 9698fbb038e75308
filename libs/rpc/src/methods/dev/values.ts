import { malformed, type Parser } from '../../params/parser.js';

const HEX = /^0x[0-9a-fA-F]{1,64}$/;
const DECIMAL = /^[0-9]{1,78}$/;

/** As test suites send amounts: a number, decimal text, or hex with any number of leading zeros. */
export const amount: Parser<bigint> = (value) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  if (typeof value === 'string' && (HEX.test(value) || DECIMAL.test(value))) return BigInt(value);
  throw malformed('expected a number, decimal or hex text');
};

/** The same, within what a JavaScript number holds. */
export const number: Parser<number> = (value) => {
  const parsed = Number(amount(value));
  if (!Number.isSafeInteger(parsed)) throw malformed('number > 53 bits');
  return parsed;
};

/** The same; may be negative. */
export const signedNumber: Parser<number> = (value) => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'string' && value.startsWith('-')) return -number(value.slice(1));
  return number(value);
};

/** Anything: what the method doesn't look at. */
export const ignored: Parser<unknown> = (value) => value;
