import { type Address, bytesToHex } from '@flotilla/common';
import type { EnterEvent, Tracer } from '../tracer.js';

const SELECTOR_BYTES = 4;

/** How often each function was called, by selector and size of the arguments: geth's `4byteTracer`. */
export class SelectorCounter implements Tracer {
  /** `0x<selector>-<bytes of arguments>` to calls. */
  readonly counts = new Map<string, number>();
  readonly #isPrecompile: (address: Address) => boolean;

  constructor(modules: { isPrecompile(address: Address): boolean }) {
    this.#isPrecompile = modules.isPrecompile;
  }

  onEnter({ kind, input, to }: EnterEvent): void {
    if (input.length < SELECTOR_BYTES) return;
    const isCreate = kind === 'CREATE' || kind === 'CREATE2';
    if (isCreate || kind === 'SELFDESTRUCT' || this.#isPrecompile(to)) return;
    const selector = bytesToHex(input.subarray(0, SELECTOR_BYTES));
    const key = `${selector}-${input.length - SELECTOR_BYTES}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }
}
