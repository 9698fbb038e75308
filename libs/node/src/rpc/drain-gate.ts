import { RpcError, RpcErrorCode } from '@flotilla/rpc';

/** Once closed, no transaction comes in any more. */
export class DrainGate {
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }

  /** @throws RpcError `SERVER_BUSY` once it is closed */
  check(): void {
    if (!this.#closed) return;
    throw new RpcError(RpcErrorCode.Busy, 'limit exceeded: the node is being drained', {
      retryable: true,
    });
  }
}
