import type { Address, Logger } from '@flotilla/common';
import type { EnterEvent, Tracer } from '@flotilla/evm';
import { decodeConsoleCall } from './console-calls.js';
import { formatConsoleArguments } from './console-format.js';

/** Where Hardhat's and Foundry's `console.sol` send their calls; there is no code. */
const CONSOLE: Address = '0x000000000000000000636f6e736f6c652e6c6f67';

/** Characters of one line. */
const MAX_CHARS = 4096;

/** Brings contracts' `console.log` to the chain's log. */
export class ConsoleTracer implements Tracer {
  readonly #logger: Logger;

  constructor(modules: { readonly logger: Logger }) {
    this.#logger = modules.logger;
  }

  onEnter(event: EnterEvent): void {
    if (event.to !== CONSOLE) return;
    const values = decodeConsoleCall(event.input);
    if (values === undefined) return;
    const message = formatConsoleArguments(values).slice(0, MAX_CHARS);
    this.#logger.info('console.log', { message, contract: event.from });
  }
}
