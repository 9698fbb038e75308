import { RpcError, RpcErrorCode, type RpcMethod } from '@flotilla/rpc';

/** Lets reads through and, once closed, no more transactions. */
export class DrainGate {
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }

  guard(methods: readonly RpcMethod[]): RpcMethod[] {
    return methods.map((method) =>
      method.name === 'eth_sendRawTransaction' ? this.#guarded(method) : method,
    );
  }

  #guarded(method: RpcMethod): RpcMethod {
    return {
      ...method,
      handle: (params, context) => {
        if (this.#closed) {
          throw new RpcError(RpcErrorCode.Busy, 'limit exceeded: the node is being drained', {
            retryable: true,
          });
        }
        return method.handle(params, context);
      },
    };
  }
}
