import { invalidParams, RpcError, RpcErrorCode } from '../errors.js';
import type { RpcContext, RpcMethod } from '../method.js';

/** Takes one decoded JSON value to what the handler wants, or throws a `Malformed` that says why not. */
export type Parser<T> = (value: unknown) => T;

/** The reason only; the method adds which argument it was. */
export class Malformed extends RpcError {}

export function malformed(reason: string): Malformed {
  return new Malformed(RpcErrorCode.InvalidParams, reason);
}

interface OptionalParser<T> extends Parser<T> {
  readonly optional: true;
}

/** `undefined` and `null` mean "not given". */
export function optional<T>(parse: Parser<T>): Parser<T | undefined>;
export function optional<T>(parse: Parser<T>, fallback: T): Parser<T>;
export function optional<T>(parse: Parser<T>, fallback?: T): Parser<T | undefined> {
  const parser = (value: unknown) =>
    value === undefined || value === null ? fallback : parse(value);
  return Object.assign(parser, { optional: true as const }) satisfies OptionalParser<T | undefined>;
}

type Parsed<Parsers extends readonly Parser<unknown>[]> = {
  -readonly [Index in keyof Parsers]: Parsers[Index] extends Parser<infer T> ? T : never;
};

/**
 * Positional arguments with geth's wording: a missing one, one too many, and a bad one are all
 * -32602 and say which.
 */
export function parseArguments<const Parsers extends readonly Parser<unknown>[]>(
  parsers: Parsers,
  params: readonly unknown[],
): Parsed<Parsers> {
  if (params.length > parsers.length) {
    throw invalidParams(`too many arguments, want at most ${parsers.length}`);
  }
  return parsers.map((parse, index) => {
    const value = params[index];
    if ((value === undefined || value === null) && !('optional' in parse)) {
      throw invalidParams(`missing value for required argument ${index}`);
    }
    try {
      return parse(value);
    } catch (error) {
      if (error instanceof Malformed) {
        throw invalidParams(`invalid argument ${index}: ${error.message}`);
      }
      throw error;
    }
  }) as Parsed<Parsers>;
}

/** One entry of the method table. */
export function method<const Parsers extends readonly Parser<unknown>[]>(
  name: string,
  parsers: Parsers,
  handle: (args: Parsed<Parsers>, context: RpcContext) => unknown,
  {
    blockGas,
    ...options
  }: Pick<RpcMethod, 'concurrent' | 'costMicros'> & {
    readonly blockGas?: (args: Parsed<Parsers>) => number;
  } = {},
): RpcMethod {
  return {
    name,
    ...options,
    ...(blockGas && { blockGas: (params) => blockGas(parseArguments(parsers, params)) }),
    handle: (params, context) => handle(parseArguments(parsers, params), context),
  };
}
