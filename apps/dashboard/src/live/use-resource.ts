import { useCallback, useEffect, useRef, useState } from 'react';

export interface Resource<Value> {
  /** The last good answer; stays while a newer one is on its way or has failed. */
  readonly value: Value | undefined;
  readonly error: Error | undefined;
  readonly refresh: () => void;
}

interface Options {
  /** Load again after this long, again and again. */
  readonly everyMs?: number;
  /** Load again when this changes, but not more often than once a second. */
  readonly version?: unknown;
}

const SHORTEST_MS = 1_000;
const RETRY_MS = 2_000;

/**
 * Something from the API. `load` must be stable (useCallback): a new one starts over.
 * What may go better later is tried again by itself. Answers that come too late for a newer question are dropped.
 */
export function useResource<Value>(
  load: () => Promise<Value>,
  options: Options = {},
): Resource<Value> {
  const { everyMs, version } = options;
  const [value, setValue] = useState<Value>();
  const [error, setError] = useState<Error>();
  const turn = useRef(0);
  const lastAt = useRef(0);
  const seen = useRef(version);

  const refresh = useCallback(() => {
    const mine = ++turn.current;
    lastAt.current = Date.now();
    load().then(
      (answer) => {
        if (mine !== turn.current) return;
        setValue(answer);
        setError(undefined);
      },
      (reason: unknown) => {
        if (mine === turn.current)
          setError(reason instanceof Error ? reason : new Error(`${reason}`));
      },
    );
  }, [load]);

  useEffect(() => {
    setValue(undefined);
    setError(undefined);
    refresh();
    return () => {
      turn.current++;
    };
  }, [refresh]);

  useEffect(() => {
    if (seen.current === version) return;
    seen.current = version;
    const sinceLast = Date.now() - lastAt.current;
    if (sinceLast >= SHORTEST_MS) return refresh();
    const timer = setTimeout(refresh, SHORTEST_MS - sinceLast);
    return () => clearTimeout(timer);
  }, [version, refresh]);

  useEffect(() => {
    if (error === undefined || !('retryable' in error && error.retryable)) return;
    const timer = setTimeout(refresh, RETRY_MS);
    return () => clearTimeout(timer);
  }, [error, refresh]);

  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(refresh, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, refresh]);

  return { value, error, refresh };
}
