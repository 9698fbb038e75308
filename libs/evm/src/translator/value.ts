import { MAX_SAFE, type Word } from '../word.js';

/** A word of the stack as translated code holds it. */
export interface Value {
  /** A literal or the name of a constant local: no effects, and as good twice as once. */
  readonly code: string;
  /** What is known of it at translation time; a boolean stands for the words 1 and 0. */
  readonly type: 'word' | 'number' | 'boolean';
  /** Set for literals. */
  readonly constant?: Word;
}

export function literal(word: Word): Value {
  return typeof word === 'number'
    ? { code: `${word}`, type: 'number', constant: word }
    : { code: `${word}n`, type: 'word', constant: word };
}

/** The expression that yields the value as a `Word`. */
export function wordCode({ code, type }: Value): string {
  return type === 'boolean' ? `(${code} ? 1 : 0)` : code;
}

/** The expression that is true when the value is not zero. */
export function truthCode({ code, type }: Value): string {
  if (type === 'boolean') return code;
  return type === 'number' ? `${code} !== 0` : `(typeof ${code} !== 'number' || ${code} !== 0)`;
}

/** The expression that is true when all values are held as numbers; empty when that is known. */
export function numbersCode(...values: readonly Value[]): string {
  return values
    .filter(({ type }) => type === 'word')
    .map(({ code }) => `typeof ${code} === 'number' && `)
    .join('');
}

/** True for 2^k − 1 that is too large for a number. */
export function isWideLowMask(word: Word | undefined): word is bigint {
  return typeof word === 'bigint' && word > MAX_SAFE && (word & (word + 1n)) === 0n;
}
