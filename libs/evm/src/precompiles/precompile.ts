import { EvmErrorCode } from '../errors.js';
import type { Frame } from '../frame.js';

/** Asked between the parts of what may take seconds; throws when the execution has to end. */
export type Pause = () => void;

/** Runs on the frame's input: charges its gas and sets the output, or halts the frame. */
export type Precompile = (frame: Frame, pause: Pause) => void;

export interface PrecompileRules {
  /** The price in gas, from the input alone; anything unpayable may be Infinity. */
  readonly gas: (input: Uint8Array) => number;
  /** The output, or undefined when the input is invalid and the call fails. */
  readonly run: (input: Uint8Array, pause: Pause) => Uint8Array | undefined;
}

export function precompile({ gas, run }: PrecompileRules): Precompile {
  return (frame, pause) => {
    const cost = gas(frame.input);
    if (cost > frame.gas) {
      frame.halt(EvmErrorCode.OutOfGas);
      return;
    }
    frame.gas -= cost;
    const output = run(frame.input, pause);
    pause();
    if (output === undefined) frame.halt(EvmErrorCode.PrecompileFailure);
    else frame.succeed(output);
  };
}

/** A copy of `length` bytes from `at`; what lies past the end is zero. */
export function sliceBytes(input: Uint8Array, at: number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  out.set(input.subarray(at, at + length));
  return out;
}
