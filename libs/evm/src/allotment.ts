import type { Frame } from './frame.js';
import { toWord, type Word } from './word.js';

// Gas is a JS number in the loop. Allowances above 2^52, which only tests hand out, keep what is above it in the
// frame's `reserve`: no program lives long enough to need it, but GAS shows it and calls pass it on.

const MOST = 2 ** 52;
const MOST_BIG = BigInt(MOST);

/** All the gas that the frame has. */
export function totalGas(frame: Frame): bigint {
  const gas = BigInt(frame.gas);
  return frame.reserve === undefined ? gas : gas + frame.reserve;
}

/** As `totalGas`, for GAS, with the loop's own count. */
export function visibleGas(frame: Frame, gas: number): Word {
  return frame.reserve === undefined ? gas : toWord(BigInt(gas) + frame.reserve);
}

/** Makes `total` the gas that the frame has. */
export function setGas(frame: Frame, total: bigint): void {
  frame.gas = total > MOST_BIG ? MOST : Number(total);
  frame.reserve = total > MOST_BIG ? total - MOST_BIG : undefined;
}

/**
 * EIP-150: takes what the frame asks for its child, at most 63/64 of what it has, from the frame.
 * @param stipend added for the child, at nobody's cost
 */
export function allot(frame: Frame, child: Frame, requested: Word, stipend: number): void {
  if (frame.reserve === undefined) {
    const most = frame.gas - Math.floor(frame.gas / 64);
    const gas = typeof requested === 'number' && requested < most ? requested : most;
    frame.gas -= gas;
    child.gas = gas + stipend;
    child.reserve = undefined;
    return;
  }
  const total = totalGas(frame);
  const most = total - total / 64n;
  const gas = BigInt(requested) < most ? BigInt(requested) : most;
  setGas(frame, total - gas);
  setGas(child, gas + BigInt(stipend));
}

/** Gives the frame what its child has left. */
export function reclaim(frame: Frame, child: Frame): void {
  const sum = frame.gas + child.gas;
  if (sum <= MOST && frame.reserve === undefined && child.reserve === undefined) frame.gas = sum;
  else setGas(frame, totalGas(frame) + totalGas(child));
}
