import type { Logger } from '@flotilla/common';
import { measured } from './cost.js';
import { toJsonRpcError } from './error-mapper.js';
import { AnsweredError, encodeResult, type JsonRpcErrorObject, RawJson } from './json-rpc.js';
import type { MethodTable, RpcContext, RpcMethod } from './method.js';

/** What a method answered in another thread: JSON text, or an error in JSON-RPC's form. */
export type RemoteAnswer = ({ readonly text: string } | { readonly error: JsonRpcErrorObject }) & {
  /** Microseconds that it took there. */
  readonly micros: number;
};

/** Asks another thread; rejects with an `AnsweredError`. */
export type AskRemote = (
  method: string,
  params: readonly unknown[],
  context: RpcContext,
) => Promise<RawJson>;

/** The near end: methods of these names, answered elsewhere. */
export function remoteMethods(names: Iterable<string>, ask: AskRemote): RpcMethod[] {
  return Array.from(names, (name) => ({
    name,
    handle: (params, context) => ask(name, params, context),
  }));
}

export function fromRemote(answer: RemoteAnswer, { cost }: RpcContext): RawJson {
  if (cost !== undefined) cost.micros += answer.micros;
  if ('error' in answer) throw new AnsweredError(answer.error);
  return new RawJson(answer.text);
}

/** The far end: runs a method of ours for another thread. Never rejects. */
export async function answerRemote(
  request: { readonly method: string; readonly params: readonly unknown[] },
  modules: { readonly methods: MethodTable; readonly logger: Logger },
): Promise<RemoteAnswer> {
  const cost = { micros: 0 };
  try {
    // The near end offers only methods that are in this table.
    const method = modules.methods.get(request.method)!;
    const result = await measured(cost, () => method.handle(request.params, {}));
    return { text: measured(cost, () => encodeResult(result)), micros: cost.micros };
  } catch (error) {
    return { error: toJsonRpcError(error, modules.logger), micros: cost.micros };
  }
}
