import type { Word } from '../word.js';
import * as word from '../word.js';
import { isWideLowMask, numbersCode, truthCode, type Value, wordCode } from './value.js';

interface Result {
  readonly code: string;
  readonly type: Value['type'];
}

interface PureOperation {
  readonly arity: number;
  /** For operands that are all known. */
  readonly evaluate: (...operands: Word[]) => Word;
  /** Operands top first. `scratch` names a variable that the expression may assign. */
  readonly translate: (operands: readonly Value[], scratch: string) => Result;
  readonly needsScratch?: boolean;
}

/** The functions that translated code calls by name. */
export const WORD_FUNCTIONS = {
  add: word.add,
  addmod: word.addmod,
  and: word.and,
  byteAt: word.byteAt,
  countLeadingZeros: word.countLeadingZeros,
  div: word.div,
  lessThan: word.lessThan,
  mod: word.mod,
  mul: word.mul,
  mulmod: word.mulmod,
  not: word.not,
  or: word.or,
  sar: word.sar,
  sdiv: word.sdiv,
  shl: word.shl,
  shr: word.shr,
  signedLessThan: word.signedLessThan,
  signextend: word.signextend,
  smod: word.smod,
  sub: word.sub,
  xor: word.xor,
} as const;

type FunctionName = keyof typeof WORD_FUNCTIONS;

/** Separated by commas. */
const codes = (operands: readonly Value[]) => operands.map(wordCode).join(', ');

/** The function as it is. */
function called(name: FunctionName, arity: number): PureOperation {
  return {
    arity,
    evaluate: WORD_FUNCTIONS[name] as PureOperation['evaluate'],
    translate: (operands) => ({ code: `${name}(${codes(operands)})`, type: 'word' }),
  };
}

/** The operator where both operands are numbers and so is the result; the function otherwise. */
function arithmetic(name: 'add' | 'sub' | 'mul', operator: string, fits: string): PureOperation {
  return {
    ...called(name, 2),
    needsScratch: true,
    translate: (operands, scratch) => {
      const [a, b] = operands;
      const exact = `(${scratch} = ${wordCode(a)} ${operator} ${wordCode(b)}) ${fits}`;
      const code = `${numbersCode(a, b)}${exact} ? ${scratch} : ${name}(${codes(operands)})`;
      return { code, type: 'word' };
    },
  };
}

function comparison(name: 'lessThan' | 'signedLessThan', isSwapped: boolean): PureOperation {
  const inOrder = <T>([a, b]: readonly T[]): [T, T] => (isSwapped ? [b, a] : [a, b]);
  return {
    arity: 2,
    evaluate: (...operands) => (WORD_FUNCTIONS[name](...inOrder(operands)) ? 1 : 0),
    translate: (operands) => {
      const [a, b] = inOrder(operands);
      const fast = `${wordCode(a)} < ${wordCode(b)}`;
      const numbers = numbersCode(a, b);
      if (numbers === '') return { code: fast, type: 'boolean' };
      return {
        code: `${numbers.slice(0, -4)} ? ${fast} : ${name}(${codes([a, b])})`,
        type: 'boolean',
      };
    },
  };
}

const EQUAL: PureOperation = {
  arity: 2,
  evaluate: (a, b) => (a === b ? 1 : 0),
  translate: ([a, b]) => {
    const same = `${wordCode(a)} === ${wordCode(b)}`;
    const areNumbers = numbersCode(a, b);
    const isOneNumber = areNumbers === '' || a.type !== 'word' || b.type !== 'word';
    if (isOneNumber) return { code: `${areNumbers}${same}`, type: 'boolean' };
    // Two comparisons, so that V8 sees each with operands of one type.
    const number = `typeof ${b.code} === 'number' && ${same}`;
    const bigint = `typeof ${b.code} === 'bigint' && ${same}`;
    return { code: `typeof ${a.code} === 'number' ? ${number} : ${bigint}`, type: 'boolean' };
  },
};

const IS_ZERO: PureOperation = {
  arity: 1,
  evaluate: (a) => (a === 0 ? 1 : 0),
  translate: ([a]) => {
    if (a.type === 'boolean') return { code: `!(${truthCode(a)})`, type: 'boolean' };
    return { code: `${numbersCode(a)}${a.code} === 0`, type: 'boolean' };
  },
};

const AND: PureOperation = {
  ...called('and', 2),
  translate: (operands) => {
    const mask = operands.find(({ constant }) => isWideLowMask(constant));
    const other = operands.find((operand) => operand !== mask);
    const code = `and(${codes(operands)})`;
    if (mask === undefined || other === undefined) return { code, type: 'word' };
    // Addresses mostly have no bits above the mask already, and a comparison allocates nothing.
    const isWithin = `typeof ${wordCode(other)} === 'number' || ${wordCode(other)} <= ${mask.code}`;
    return { code: `${isWithin} ? ${wordCode(other)} : ${code}`, type: 'word' };
  },
};

/** By opcode: what depends on its operands alone and costs no dynamic gas. */
export const PURE_OPERATIONS: ReadonlyMap<number, PureOperation> = new Map([
  [0x01, arithmetic('add', '+', `<= ${word.MAX_SAFE}`)],
  [0x02, arithmetic('mul', '*', `<= ${word.MAX_SAFE}`)],
  [0x03, arithmetic('sub', '-', '>= 0')],
  [0x04, called('div', 2)],
  [0x05, called('sdiv', 2)],
  [0x06, called('mod', 2)],
  [0x07, called('smod', 2)],
  [0x08, called('addmod', 3)],
  [0x09, called('mulmod', 3)],
  [0x0b, called('signextend', 2)],
  [0x10, comparison('lessThan', false)],
  [0x11, comparison('lessThan', true)],
  [0x12, comparison('signedLessThan', false)],
  [0x13, comparison('signedLessThan', true)],
  [0x14, EQUAL],
  [0x15, IS_ZERO],
  [0x16, AND],
  [0x17, called('or', 2)],
  [0x18, called('xor', 2)],
  [0x19, called('not', 1)],
  [0x1a, called('byteAt', 2)],
  [0x1b, called('shl', 2)],
  [0x1c, called('shr', 2)],
  [0x1d, called('sar', 2)],
  [0x1e, called('countLeadingZeros', 1)],
]);
