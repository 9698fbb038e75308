import type { Logger } from '@flotilla/common';
import { toJsonRpcError } from './error-mapper.js';
import { AnsweredError, encodeResult, type JsonRpcErrorObject, RawJson } from './json-rpc.js';
import type { MethodTable, RpcMethod } from './method.js';

/** What a method answered in another thread: JSON text, or an error in JSON-RPC's form. */
export type RemoteAnswer = { readonly text: string } | { readonly error: JsonRpcErrorObject };

/** Asks another thread; rejects with an `AnsweredError`. */
export type AskRemote = (method: string, params: readonly unknown[]) => Promise<RawJson>;

/** The near end: methods of these names, answered elsewhere. */
export function remoteMethods(names: Iterable<string>, ask: AskRemote): RpcMethod[] {
  return Array.from(names, (name) => ({ name, handle: (params) => ask(name, params) }));
}

export function fromRemote(answer: RemoteAnswer): RawJson {
  if ('error' in answer) throw new AnsweredError(answer.error);
  return new RawJson(answer.text);
}

/** The far end: runs a method of ours for another thread. Never rejects. */
export async function answerRemote(
  request: { readonly method: string; readonly params: readonly unknown[] },
  modules: { readonly methods: MethodTable; readonly logger: Logger },
): Promise<RemoteAnswer> {
  try {
    // The near end offers only methods that are in this table.
    const result = await modules.methods.get(request.method)!.handle(request.params, {});
    return { text: encodeResult(result) };
  } catch (error) {
    return { error: toJsonRpcError(error, modules.logger) };
  }
}
