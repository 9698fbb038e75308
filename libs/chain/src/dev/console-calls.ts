import { bytesToBigInt, bytesToHex, type Hex, keccak256 } from '@flotilla/common';

type ConsoleType =
  | 'uint256'
  | 'int256'
  | 'string'
  | 'bool'
  | 'address'
  | 'bytes'
  | `bytes${number}`;
export type ConsoleValue = bigint | string | boolean;

const WORD = 32;
/** Of the overloads of `log`, up to four arguments each. */
const OVERLOADED: readonly ConsoleType[] = ['uint256', 'string', 'bool', 'address'];
const MAX_ARGUMENTS = 4;

const text = new TextEncoder();
const utf8 = new TextDecoder();

/** By selector. Made at the first call: hashing 700 signatures takes some milliseconds. */
let signatures: ReadonlyMap<Hex, readonly ConsoleType[]> | undefined;

/**
 * The arguments of a call of `console.sol`: every overload of `log`, and `logInt`, `logBytes32`, ….
 * Undefined when it is none, or is cut short.
 */
export function decodeConsoleCall(input: Uint8Array): readonly ConsoleValue[] | undefined {
  signatures ??= allSignatures();
  const types = signatures.get(bytesToHex(input.subarray(0, 4)));
  const data = input.subarray(4);
  if (types === undefined || data.length < WORD * types.length) return undefined;
  return types.map((type, i) => decode(type, data, WORD * i));
}

function decode(type: ConsoleType, data: Uint8Array, at: number): ConsoleValue {
  const word = data.subarray(at, at + WORD);
  switch (type) {
    case 'string':
      return utf8.decode(tail(data, word));
    case 'bytes':
      return bytesToHex(tail(data, word));
    case 'bool':
      return bytesToBigInt(word) !== 0n;
    case 'address':
      return bytesToHex(word.subarray(12));
    case 'uint256':
      return bytesToBigInt(word);
    case 'int256':
      return BigInt.asIntN(256, bytesToBigInt(word));
    default:
      return bytesToHex(word.subarray(0, Number(type.slice('bytes'.length))));
  }
}

/** What a dynamic argument's word points at; nothing where that lies outside. */
function tail(data: Uint8Array, word: Uint8Array): Uint8Array {
  const start = Number(bytesToBigInt(word));
  const length = Number(bytesToBigInt(data.subarray(start, start + WORD)));
  return data.subarray(start + WORD, start + WORD + length);
}

function allSignatures(): Map<Hex, readonly ConsoleType[]> {
  const found = new Map<Hex, readonly ConsoleType[]>();
  const add = (name: string, types: readonly ConsoleType[]) => {
    const parameters = types.join(',');
    // Old versions of Hardhat's file hashed `uint` and `int` as they stand there.
    for (const spelled of [parameters, parameters.replaceAll('int256', 'int')]) {
      const hash = keccak256(text.encode(`${name}(${spelled})`));
      found.set(bytesToHex(hash.subarray(0, 4)), types);
    }
  };
  for (const types of permutations(MAX_ARGUMENTS)) add('log', types);
  for (const type of ['int256', 'bytes'] as const) add('log', [type]);
  add('log', ['string', 'int256']);
  add('logUint', ['uint256']);
  add('logInt', ['int256']);
  add('logString', ['string']);
  add('logBool', ['bool']);
  add('logAddress', ['address']);
  add('logBytes', ['bytes']);
  for (let size = 1; size <= WORD; size++) {
    add('log', [`bytes${size}`]);
    add(`logBytes${size}`, [`bytes${size}`]);
  }
  return found;
}

function permutations(length: number): ConsoleType[][] {
  if (length === 0) return [[]];
  const shorter = permutations(length - 1);
  const longest = shorter.filter((types) => types.length === length - 1);
  return [...shorter, ...longest.flatMap((types) => OVERLOADED.map((type) => [...types, type]))];
}
