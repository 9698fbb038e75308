import { useSyncExternalStore } from 'react';
import { formatAge } from '../format';

/** One clock for every age on the page. */
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

interface Props {
  /** ISO 8601, or seconds since the Unix epoch. */
  readonly at: string | number;
}

/** How long ago, with the exact time on hover. */
export function Ago({ at }: Props) {
  const ms = typeof at === 'number' ? at * 1_000 : Date.parse(at);
  // A clock a little behind the server's must not say "in the future".
  const age = Math.max(0, useNow() - ms);
  const exact = new Date(ms);
  return (
    <time dateTime={exact.toISOString()} title={exact.toLocaleString()}>
      {formatAge(age)} ago
    </time>
  );
}
