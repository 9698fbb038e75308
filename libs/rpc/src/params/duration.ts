import { malformed, type Parser } from './parser.js';

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/y;

/** A duration as Go writes it (`300ms`, `1m30s`), in milliseconds. */
export const duration: Parser<number> = (value) => {
  if (typeof value !== 'string' || value === '' || value.length > 64) {
    throw malformed('expected a duration like "5s"');
  }
  let total = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < value.length) {
    const part = PART.exec(value);
    if (part === null) throw malformed(`invalid duration "${value}"`);
    total += Number(part[1]) * UNIT_MS[part[2]];
  }
  return total;
};
