import type { Clock } from '@flotilla/common';
import { EvmError, EvmErrorCode } from '@flotilla/evm';

/** The end of the time that a query may take. */
export class Deadline {
  readonly #clock: Clock;
  readonly #end: number;
  /** What the interpreter asks. */
  readonly interrupt = () => this.#clock.now() >= this.#end;

  constructor(ms: number, clock: Clock) {
    this.#clock = clock;
    this.#end = clock.now() + ms;
  }

  /** @throws EvmError `INTERRUPTED`, as the interpreter does */
  check(): void {
    if (this.interrupt()) {
      throw new EvmError(EvmErrorCode.Interrupted, 'execution was interrupted');
    }
  }
}
