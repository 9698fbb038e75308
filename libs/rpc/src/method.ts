import type { ComputeBudget, Cost } from './cost.js';
import type { RpcSession } from './session.js';

/** Where a request came in; `session` is there on connections that can carry subscriptions. */
export interface RpcContext {
  readonly session?: RpcSession;
  /** True when nobody is there any more to read the answer. */
  readonly isGone?: () => boolean;
  /** Whose request it is: those of one client share what those of others don't have to wait for. */
  readonly client?: unknown;
  /** Unix milliseconds; nothing is begun afterwards. */
  readonly deadline?: number;
  /** Gathers what the request takes. */
  readonly cost?: Cost;
  /** What the connection's requests are paid from, where nobody in front of us does that. */
  readonly budget?: ComputeBudget;
  /** Characters of the answer that count against the budget of all answers. */
  readonly account?: { held: number };
}

/** One JSON-RPC method: parses its own positional parameters and answers with plain JSON values. */
export interface RpcMethod {
  readonly name: string;
  /**
   * True when neighbours in a batch may start before this one has answered. Sends are: their
   * journal entries then share one fsync. Everything else sees what came before it in the batch.
   */
  readonly concurrent?: boolean;
  /** Microseconds that it costs besides the time in `handle`: work of other threads that is not measured. */
  readonly costMicros?: number;
  /**
   * Gas of the blocks that an answer to these parameters goes through from the first transaction to the last: what it
   * takes grows with that. Methods without it take the same few microseconds whatever blocks hold.
   */
  blockGas?(params: readonly unknown[]): number;
  handle(params: readonly unknown[], context: RpcContext): unknown;
}

/** Looked up by own name only: a Map, so `constructor` and `__proto__` are unknown methods. */
export type MethodTable = ReadonlyMap<string, RpcMethod>;

export function methodTable(...groups: readonly (readonly RpcMethod[])[]): MethodTable {
  return new Map(groups.flat().map((method) => [method.name, method]));
}
