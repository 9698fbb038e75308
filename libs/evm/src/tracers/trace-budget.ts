import { EvmError, EvmErrorCode } from '../errors.js';

/** What a trace may take, in bytes of its JSON; several traces of one answer share one. */
export class TraceBudget {
  #left: number;

  constructor(readonly bytes: number) {
    this.#left = bytes;
  }

  /** @throws EvmError `TRACE_TOO_LARGE` */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    throw new EvmError(
      EvmErrorCode.TraceTooLarge,
      `the trace is larger than ${this.bytes} bytes: ask for less of it (limit, disableStack, disableStorage, onlyTopCall)`,
      { data: { limit: this.bytes } },
    );
  }
}
