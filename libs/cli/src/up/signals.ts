const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal and npm each pass on one Ctrl-C: what follows so soon is the same one. */
const SAME_MS = 700;

export interface Interruption {
  /** Resolves at the first signal. */
  readonly asked: Promise<void>;
  readonly release: () => void;
}

/** The first signal asks to stop, a later one insists. */
export function onInterruption(insist: () => void): Interruption {
  let first: number | undefined;
  let ask: () => void;
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const listener = () => {
    if (first === undefined) {
      first = performance.now();
      ask();
    } else if (performance.now() - first > SAME_MS) insist();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    asked,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}
