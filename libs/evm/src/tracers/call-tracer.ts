import type { Address } from '@flotilla/common';
import type { Log } from '../state.js';
import type { EnterEvent, ExitEvent, FrameKind, Tracer } from '../tracer.js';
import type { TraceBudget } from './trace-budget.js';

export interface CallTracerOptions {
  readonly onlyTopCall?: boolean;
  readonly withLog?: boolean;
}

export interface CallFrame {
  readonly kind: FrameKind;
  readonly from: Address;
  readonly to: Address;
  readonly value: bigint;
  readonly gas: number;
  readonly gasUsed: number;
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  readonly error: ExitEvent['error'];
  /** The instruction that was invalid, when that is the error. */
  readonly invalidOpcode: string | undefined;
  readonly calls: readonly CallFrame[];
  readonly logs: readonly CallLog[];
}

export interface CallLog extends Log {
  /** How many calls the frame had made before. */
  readonly position: number;
}

interface OpenFrame extends CallFrame {
  gasUsed: number;
  output: Uint8Array;
  error: ExitEvent['error'];
  invalidOpcode: string | undefined;
  calls: OpenFrame[];
  logs: CallLog[];
}

/** What a frame's JSON takes without its data. */
const FRAME_BYTES = 250;
const LOG_BYTES = 500;

/** The tree of calls and creates: geth's `callTracer`. */
export class CallTracer implements Tracer {
  readonly #options: CallTracerOptions;
  readonly #budget: TraceBudget;
  readonly #open: OpenFrame[] = [];
  #root: OpenFrame | undefined;
  /** Of the frame that runs. */
  #depth = 0;

  constructor(options: CallTracerOptions, modules: { readonly budget: TraceBudget }) {
    this.#options = options;
    this.#budget = modules.budget;
  }

  /** Undefined as long as no frame was entered. */
  get root(): CallFrame | undefined {
    return this.#root;
  }

  onEnter(event: EnterEvent): void {
    this.#depth = event.depth;
    if (this.#options.onlyTopCall && event.depth > 0) return;
    this.#budget.spend(FRAME_BYTES + 2 * event.input.length);
    const frame: OpenFrame = {
      kind: event.kind,
      from: event.from,
      to: event.to,
      value: event.value,
      gas: event.gas,
      gasUsed: 0,
      input: event.input,
      output: new Uint8Array(0),
      error: undefined,
      invalidOpcode: undefined,
      calls: [],
      logs: [],
    };
    if (event.depth === 0) this.#root = frame;
    else this.#open.at(-1)?.calls.push(frame);
    this.#open.push(frame);
  }

  onExit(event: ExitEvent): void {
    this.#depth = event.depth - 1;
    if (this.#options.onlyTopCall && event.depth > 0) return;
    const frame = this.#open.pop();
    if (frame === undefined) return;
    this.#budget.spend(2 * event.output.length);
    frame.gasUsed = event.gasUsed;
    frame.output = event.output;
    frame.error = event.error;
    frame.invalidOpcode = event.invalidOpcode;
    if (event.error !== undefined) forgetLogs(frame);
  }

  onLog(log: Log): void {
    if (!this.#options.withLog || (this.#options.onlyTopCall && this.#depth > 0)) return;
    const frame = this.#open.at(-1);
    if (frame === undefined) return;
    this.#budget.spend(LOG_BYTES + 2 * log.data.length);
    frame.logs.push({ ...log, position: frame.calls.length });
  }
}

/** What a failed frame did is undone, its children's logs included. */
function forgetLogs(frame: OpenFrame): void {
  frame.logs = [];
  for (const call of frame.calls) forgetLogs(call);
}
