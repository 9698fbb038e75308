/** What an instruction's handler tells the loop. Plain numbers: they are compared after each handler. */
export const Signal = {
  /** Go on with the next instruction. */
  next: 0,
  /** The frame has ended; its status says how. */
  done: 1,
  /** A child frame is ready and must run first. */
  call: 2,
  /** From translated code: the block at `ip` is one for the interpreter. */
  interpret: 3,
} as const;

export type Signal = (typeof Signal)[keyof typeof Signal];
