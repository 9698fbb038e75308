import type { Hash } from '@flotilla/common';
import { type AskRemote, type RpcMethod, remoteMethods, sendMethods } from '@flotilla/rpc';

export interface Routes {
  /** Reads that are answered here. */
  readonly light: readonly RpcMethod[];
  /** Names of those that have threads of their own, by who asks those threads. */
  readonly remote: readonly { readonly names: readonly string[]; readonly ask: AskRemote }[];
  /** Asks the threads that answer those of `light` that go through a large block: nobody else waits for that here. */
  readonly askBlockwise: AskRemote;
  /** Names of those that the writer answers. */
  readonly writer: readonly string[];
  readonly askWriter: AskRemote;
  readonly submit: (raw: Uint8Array) => Promise<Hash>;
}

/** Of these only the writer knows more than the store does, when they find nothing. */
const MAYBE_POOLED = new Set([
  'eth_getTransactionByHash',
  'eth_getRawTransactionByHash',
  'debug_getRawTransaction',
]);

/** Gas of about 250 transfers, which take some two milliseconds to go through. */
const LARGE_GAS = 5_000_000;

/** Every method but those of subscriptions, each going to where it is answered. */
export function routedMethods(routes: Routes): RpcMethod[] {
  const { light, remote, askBlockwise, writer, askWriter, submit } = routes;
  return [
    ...light.map((local) => poolAware(sizeAware(local, askBlockwise), askWriter)),
    ...remote.flatMap(({ names, ask }) => remoteMethods(names, nonceAware(ask, askWriter))),
    ...remoteMethods(writer, askWriter),
    ...sendMethods(submit),
  ];
}

/** What a large block makes heavy goes to the threads for heavy reads. */
function sizeAware({ blockGas, ...local }: RpcMethod, ask: AskRemote): RpcMethod {
  if (blockGas === undefined) return local;
  return {
    ...local,
    handle: (params, context) =>
      blockGas(params) > LARGE_GAS
        ? ask(local.name, params, context)
        : local.handle(params, context),
  };
}

/** What asks for the pool's view of things goes to the writer. */
function poolAware(local: RpcMethod, askWriter: AskRemote): RpcMethod {
  return {
    ...local,
    handle(params, context) {
      if (params.includes('pending')) return askWriter(local.name, params, context);
      const found = local.handle(params, context);
      const isPoolsTurn = found === null && MAYBE_POOLED.has(local.name);
      return isPoolsTurn ? askWriter(local.name, params, context) : found;
    },
  };
}

/** A transaction that is filled in continues what the pool holds of its sender, and only the writer knows that. */
function nonceAware(ask: AskRemote, askWriter: AskRemote): AskRemote {
  return async (name, params, context) => {
    if (name !== 'eth_fillTransaction' || params.length !== 1) return ask(name, params, context);
    const [request] = params as [{ from?: unknown; nonce?: unknown } | null];
    // Without a sender, or if it isn't one, whoever is asked says so.
    if (typeof request?.from !== 'string' || (request.nonce ?? undefined) !== undefined) {
      return ask(name, params, context);
    }
    const { text } = await askWriter('eth_getTransactionCount', [request.from, 'pending'], context);
    return ask(name, [{ ...request, nonce: JSON.parse(text) }], context);
  };
}
